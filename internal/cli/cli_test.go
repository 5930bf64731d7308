package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

// person is somebody at a shell: a home, a working directory and an environment.
type person struct {
	t   *testing.T
	dir string
	env map[string]string
	in  io.Reader
	ctx context.Context
}

func newPerson(t *testing.T, server string) *person {
	t.Helper()
	return &person{t: t, dir: t.TempDir(), ctx: context.Background(), in: strings.NewReader(""),
		env: map[string]string{"XDG_CONFIG_HOME": t.TempDir(), "VOLT_SERVER": server}}
}

// signedInPerson has signed in to the fake server.
func signedInPerson(t *testing.T, f *fakeServer) *person {
	p := newPerson(t, f.URL)
	p.env["VOLT_PASSWORD"] = f.password
	p.want(0, "login", "--email", "ada@example.com")
	delete(p.env, "VOLT_PASSWORD")
	return p
}

func (p *person) run(args ...string) (code int, out, diagnostics string) {
	var stdout, stderr bytes.Buffer
	world := IO{In: p.in, Out: &stdout, Err: &stderr, Getenv: func(name string) string { return p.env[name] }, Dir: p.dir, Now: time.Now}
	code = Run(p.ctx, world, "test", args)
	return code, stdout.String(), stderr.String()
}

// want runs volt and fails the test when it leaves with another code.
func (p *person) want(code int, args ...string) (out, diagnostics string) {
	p.t.Helper()
	got, out, diagnostics := p.run(args...)
	if got != code {
		p.t.Fatalf("volt %s left with %d, want %d\nstdout: %s\nstderr: %s", strings.Join(args, " "), got, code, out, diagnostics)
	}
	return out, diagnostics
}

func (p *person) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}

func TestLifeOfAFunction(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := signedInPerson(t, f)
	p.want(0, "init", "hello", "--template", "node")
	p.want(2, "init", "hello") // nothing is overwritten
	out, _ := p.want(0, "deploy", "hello", "--dry-run")
	contains(t, out, "+ index.mjs  +5 -0", "runtime: - → nodejs", "would be created")
	if len(f.functions) != 0 {
		t.Fatal("a dry run created the function")
	}
	out, _ = p.want(0, "deploy", "hello", "-m", "first")
	contains(t, out, "hello created, version 1")
	out, _ = p.want(0, "deploy", "hello")
	contains(t, out, "hello is up to date (version 1)")
	if strings.Contains(strings.Join(keysOf(f), " "), "event.json") {
		t.Error("the event file was deployed")
	}
	p.write("hello/index.mjs", "export const handler = async () => 1;\n")
	p.write("hello/lib.mjs", "export {};\n")
	out, _ = p.want(0, "deploy", "hello")
	contains(t, out, "~ index.mjs  +1 -5", "+ lib.mjs  +1 -0", "hello updated, version 2")

	out, diagnostics := p.want(0, "invoke", "hello", "--input", `{"name":"Ada"}`)
	if out != "{\"greeting\":\"Hello, Ada!\"}\n" {
		t.Errorf("stdout = %q", out)
	}
	contains(t, diagnostics, "stdout one\n", "stdout two\n", "stdout three\n", "success in")
	out, _ = p.want(0, "functions", "list")
	contains(t, out, "NAME", "hello", "nodejs", "128 MB", "3s")
	out, _ = p.want(0, "functions", "versions", "hello")
	contains(t, out, "first", "0123456789ab")
	out, _ = p.want(0, "functions", "rollback", "hello", "1")
	contains(t, out, "hello runs version 1")
	out, _ = p.want(0, "executions", "list", "--function", "hello")
	contains(t, out, "success", "exe_")
	out, _ = p.want(0, "executions", "--function", "hello") // a noun alone lists
	contains(t, out, "success", "exe_")
	out, _ = p.want(0, "functions")
	contains(t, out, "NAME", "hello")
	p.want(2, "executions", "frobnicate")
	out, _ = p.want(0, "logs", f.executions[0].ID)
	contains(t, out, "one\n", "two\n", "three\n")
	p.want(2, "functions", "delete", "hello") // no terminal to confirm on
	p.want(0, "functions", "delete", "hello", "--yes")
	p.want(5, "functions", "get", "hello")
}

func keysOf(f *fakeServer) (names []string) {
	for _, function := range f.functions {
		for name := range function.Files {
			names = append(names, name)
		}
	}
	return names
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	stranger := newPerson(t, f.URL)
	_, diagnostics := stranger.want(4, "functions", "list")
	contains(t, diagnostics, "volt login")
	stranger.env["VOLT_PASSWORD"] = "wrong"
	_, diagnostics = stranger.want(4, "login", "--email", "ada@example.com")
	contains(t, diagnostics, "e-mail or password is wrong", "request id: req_TEST")

	p := signedInPerson(t, f)
	for _, args := range [][]string{{"nonsense"}, {"functions", "nonsense"}, {"deploy", "--nonsense"}, {"deploy"}, {"invoke"},
		{"invoke", "x", "--input", "{"}, {"invoke", "x", "--input", "1", "--file", "y"}, {"keys", "create", "ci"}, {"executions", "list", "--from", "yesterday"}} {
		p.want(2, args...)
	}
	_, diagnostics = p.want(5, "invoke", "missing")
	contains(t, diagnostics, "there is no function missing", "req_TEST")
	p.env["VOLT_SERVER"] = "http://127.0.0.1:1"
	_, diagnostics = p.want(4, "functions", "list") // signed in elsewhere only
	contains(t, diagnostics, "not signed in to http://127.0.0.1:1")
	p.env["VOLT_API_KEY"] = "vr_key"
	_, diagnostics = p.want(1, "functions", "list")
	contains(t, diagnostics, "no answer from", "--server")
	p.env["VOLT_SERVER"] = "http://volt.example.com"
	_, diagnostics = p.want(2, "functions", "list")
	contains(t, diagnostics, "unencrypted")
}

func TestInvokeOutcomes(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := signedInPerson(t, f)
	p.want(0, "init", "hello", "--template", "python")
	p.want(0, "deploy", "hello")
	f.finish = func(r *run) {
		r.ends, r.Status, r.Error = true, voltrun.StatusFailed, failure("ValueError", "no such name", "  File \"lambda_function.py\", line 2")
	}
	out, diagnostics := p.want(3, "invoke", "hello")
	contains(t, diagnostics, "ValueError: no such name", "line 2", "failed in")
	if out != "" {
		t.Errorf("a failed function printed %q", out)
	}
	out, _ = p.want(3, "invoke", "hello", "--json")
	contains(t, out, `"status": "failed"`, `"type": "ValueError"`)
	f.finish = func(r *run) { r.ends, r.Status = true, voltrun.StatusTimeout }
	p.want(124, "invoke", "hello")
	f.finish = func(r *run) { r.succeed("null") }
	out, _ = p.want(0, "invoke", "hello", "--async")
	if !voltrun.ValidID("exe", strings.TrimSpace(out)) {
		t.Errorf("--async printed %q", out)
	}
	p.in = strings.NewReader(`"from stdin"`)
	p.want(0, "invoke", "hello", "-")
	if got := string(f.executions[len(f.executions)-1].Input); got != `"from stdin"` {
		t.Errorf("input = %s", got)
	}
	p.dir = filepath.Join(p.dir, "hello")
	p.want(0, "invoke", "-f", "event.json") // the name comes from volt.yaml
}

func TestInterruptCancelsTheExecution(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := signedInPerson(t, f)
	p.want(0, "init", "hello", "--template", "node")
	p.want(0, "deploy", "hello")
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	f.finish = func(r *run) { r.Status = voltrun.StatusRunning; interrupt() }
	p.ctx = ctx
	p.want(2, "invoke", "hello")
	if got := f.executions[0].Status; got != voltrun.StatusCanceled {
		t.Errorf("the execution was left %s", got)
	}
}

func TestStreamsResume(t *testing.T) {
	t.Parallel()
	for _, blocked := range []bool{false, true} {
		f := newFake(t)
		f.dropAfter, f.noStreams = 1, blocked
		p := signedInPerson(t, f)
		p.want(0, "init", "hello", "--template", "node")
		p.want(0, "deploy", "hello")
		_, diagnostics := p.want(0, "invoke", "hello")
		for _, line := range []string{"one", "two", "three"} {
			if n := strings.Count(diagnostics, "stdout "+line+"\n"); n != 1 {
				t.Errorf("streams blocked %v: line %q was shown %d times:\n%s", blocked, line, n, diagnostics)
			}
		}
		id := f.executions[0].ID
		out, _ := p.want(0, "logs", "-f", id, "--json")
		if n := strings.Count(out, "\n"); n != 3 {
			t.Errorf("streams blocked %v: %d lines of JSON, want 3:\n%s", blocked, n, out)
		}
	}
}

func TestEnvironmentAndSecrets(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := signedInPerson(t, f)
	p.want(0, "init", "hello", "--template", "node")
	p.want(0, "deploy", "hello")
	p.want(0, "env", "set", "-F", "hello", "A=1", "B=x=y")
	p.in = strings.NewReader("s3cret\n")
	_, diagnostics := p.want(0, "env", "set", "-F", "hello", "--secret", "TOKEN")
	if strings.Contains(diagnostics, "s3cret") {
		t.Error("the secret was shown")
	}
	out, _ := p.want(0, "env", "list", "-F", "hello")
	if out != "A=1\nB=x=y\nTOKEN  (secret)\n" {
		t.Errorf("env list = %q", out)
	}
	p.want(0, "env", "unset", "-F", "hello", "A", "TOKEN")
	out, _ = p.want(0, "env", "list", "-F", "hello")
	if out != "B=x=y\n" {
		t.Errorf("env list after unset = %q", out)
	}
	p.want(5, "env", "unset", "-F", "hello", "NOPE")

	p.write("hello/volt.yaml", "name: hello\nruntime: nodejs\nsecrets: {DB: $DB_URL}\nenv: {B: null, C: '3'}\n")
	_, diagnostics = p.want(2, "deploy", "hello")
	contains(t, diagnostics, "DB_URL", "not set")
	p.env["DB_URL"] = "postgres://x"
	out, _ = p.want(0, "deploy", "hello")
	contains(t, out, "secrets.DB: - → (from $DB_URL)", "env.B: x=y → (removed)", "env.C: - → 3")
	if strings.Contains(out, "postgres") {
		t.Error("the secret was shown")
	}
	out, _ = p.want(0, "deploy", "hello")
	contains(t, out, "up to date")
	p.write("hello/volt.yaml", "name: hello\nruntime: nodejs\nsecrets: {DB: hunter2}\n")
	_, diagnostics = p.want(2, "deploy", "hello")
	if strings.Contains(diagnostics, "hunter2") {
		t.Error("a secret in volt.yaml was shown")
	}
}

func TestKeysAndCompletion(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := signedInPerson(t, f)
	out, diagnostics := p.want(0, "keys", "create", "ci", "--scope", "functions:read")
	if out != "vr_abcdefgh\n" {
		t.Errorf("stdout = %q", out)
	}
	contains(t, diagnostics, "not shown again")
	out, _ = p.want(0, "keys", "list")
	contains(t, out, "key_1", "ci", "vr_abcd", "functions:read")
	p.want(0, "keys", "revoke", "key_1", "--yes")
	p.want(0, "init", "hello", "--template", "node")
	p.want(0, "deploy", "hello")
	out, _ = p.want(0, "__complete", "invoke", "he")
	contains(t, out, "hello\n")
	for _, shell := range []string{"bash", "zsh", "fish"} {
		out, _ = p.want(0, "completion", shell)
		contains(t, out, "volt")
	}
	p.want(2, "completion", "tcsh")
	out, _ = p.want(0, "version")
	if out != "volt test\n" {
		t.Errorf("version = %q", out)
	}
}
