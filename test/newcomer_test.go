package test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/test/harness"
)

// TestNewcomersPath goes the way of the README, as every identity and with every driver.
func TestNewcomersPath(t *testing.T) {
	t.Parallel()
	everyIdentity(t, func(t *testing.T, options harness.Options) {
		for _, isolation := range []string{"container", "process"} {
			t.Run(isolation, func(t *testing.T) {
				options := options
				options.Isolation = isolation
				s := harness.Start(t, options)
				t.Run("HTTP", func(t *testing.T) { overHTTP(t, s.For(t), isolation) })
				t.Run("volt", func(t *testing.T) { withVolt(t, s.For(t)) })
				s.Stop()
				s.AssertNothingLeft()
			})
		}
	})
}

func overHTTP(t *testing.T, s *harness.Server, isolation string) {
	answer := s.Call("POST", "/api/auth/register", "", map[string]string{"email": "Ada@Example.com", "password": harness.Password, "name": "Ada"})
	var signed struct {
		Token, ExpiresAt string
		User             struct{ ID, Email, Name string }
	}
	answer.Into(t, &signed)
	if answer.Status != 201 || signed.User.Email != "ada@example.com" || !strings.HasPrefix(signed.User.ID, "usr_") {
		t.Fatalf("register: %d %s", answer.Status, answer.Body)
	}
	login := s.Call("POST", "/api/auth/login", "", map[string]string{"email": "ada@example.com", "password": harness.Password})
	login.Into(t, &signed)
	token := signed.Token
	var system struct {
		IsolationDriver  string `json:"isolation_driver"`
		IsolationSummary string `json:"isolation_summary"`
	}
	s.Call("GET", "/api/system", token, nil).Into(t, &system)
	if system.IsolationDriver != isolation || system.IsolationSummary == "" {
		t.Errorf("the system says %+v", system)
	}
	if !strings.Contains(s.Log(), isolation) {
		t.Error("the start-up log does not say what isolates functions")
	}
	var runtimes struct {
		Items []struct {
			ID, Name, Version, Template string
			Handler                     string `json:"default_handler"`
		}
	}
	s.Call("GET", "/api/runtimes", token, nil).Into(t, &runtimes)
	seen := map[string]bool{}
	for _, r := range runtimes.Items {
		if seen[r.ID] = true; r.Name == "" || r.Version == "" || r.Handler == "" || r.Template == "" {
			t.Errorf("the runtime is %+v", r)
		}
		// Whoever starts with the template gets something that works.
		name := "template-" + strings.ReplaceAll(r.ID, ".", "-")
		created := s.Call("POST", "/api/functions", token, map[string]any{"name": name, "runtime": r.ID, "code": r.Template})
		if created.Status != 201 {
			t.Errorf("%s: creating it answers %d: %s", r.ID, created.Status, created.Body)
			continue
		}
		executed := s.Call("POST", "/api/functions/"+name+"/execute", token, `{"input":{"name":"Ada"}}`)
		var e struct {
			Status voltrun.Status
			Output json.RawMessage
			Error  any
		}
		if executed.Into(t, &e); executed.Status != 200 || e.Status != voltrun.StatusSuccess || string(e.Output) == "null" {
			t.Errorf("%s: its template answers %d: %s", r.ID, executed.Status, executed.Body)
		}
	}
	if !seen["nodejs"] || !seen["python"] {
		t.Errorf("the runtimes are %v", seen)
	}
	var history struct {
		Items []struct{ Status voltrun.Status }
	}
	s.Call("GET", "/api/executions", token, nil).Into(t, &history)
	if len(history.Items) != len(runtimes.Items) {
		t.Errorf("%d executions are on record", len(history.Items))
	}
}

// shell is a person at a shell with the volt command.
type shell struct {
	t       testing.TB
	volt    string
	dir     string
	environ []string
}

func newShell(t testing.TB, s *harness.Server) *shell {
	home := t.TempDir()
	return &shell{t: t, volt: harness.Programs(t).Volt, dir: t.TempDir(), environ: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_CONFIG_HOME=" + filepath.Join(home, ".config"), "VOLT_SERVER=" + s.URL()}}
}

// run wants an exit code and returns what was printed.
func (p *shell) run(code int, stdin string, args ...string) (stdout, stderr string) {
	p.t.Helper()
	command := exec.Command(p.volt, args...)
	command.Dir, command.Env = p.dir, p.environ
	command.Stdin = strings.NewReader(stdin)
	var out, diagnostics bytes.Buffer
	command.Stdout, command.Stderr = &out, &diagnostics
	err := command.Run()
	if got := command.ProcessState.ExitCode(); got != code {
		p.t.Fatalf("volt %s leaves with %d, want %d (%v)\nstdout: %s\nstderr: %s", strings.Join(args, " "), got, code, err, out.String(), diagnostics.String())
	}
	return out.String(), diagnostics.String()
}

func withVolt(t *testing.T, s *harness.Server) {
	p := newShell(t, s)
	p.run(4, "", "functions", "list") // nobody is signed in
	p.run(0, harness.Password+"\n", "register", "--email", "grace@example.com", "--name", "Grace", "--password-stdin")
	p.run(0, "", "logout")
	p.run(4, "wrong password\n", "login", "--email", "grace@example.com", "--password-stdin")
	p.run(0, harness.Password+"\n", "login", "--email", "grace@example.com", "--password-stdin")
	if out, _ := p.run(0, "", "whoami"); !strings.Contains(out, "grace@example.com") {
		t.Errorf("whoami says %q", out)
	}
	for _, template := range []string{"node", "python"} {
		name := "hello-" + template
		p.run(0, "", "init", name, "--template", template)
		if out, _ := p.run(0, "", "deploy", name); !strings.Contains(out, "version 1") {
			t.Errorf("deploy says %q", out)
		}
		out, logs := p.run(0, "", "invoke", name, "--input", `{"name":"Ada"}`)
		if !json.Valid([]byte(out)) || !strings.Contains(out, "Ada") {
			t.Errorf("%s answers %q with the logs %q", name, out, logs)
		}
		piped, _ := p.run(0, `{"name":"Grace"}`, "invoke", name, "-")
		if !strings.Contains(piped, "Grace") {
			t.Errorf("%s answers %q to stdin", name, piped)
		}
		if out, _ := p.run(0, "", "executions", "list", "--function", name); strings.Count(out, "success") != 2 {
			t.Errorf("the history is %q", out)
		}
		p.run(0, "", "logs", name)
	}
	failing := filepath.Join(p.dir, "hello-node", "index.mjs")
	if err := os.WriteFile(failing, []byte("export const handler = async () => { console.log('about to fail'); throw new Error('no luck'); };\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, _ := p.run(0, "", "deploy", "hello-node"); !strings.Contains(out, "version 2") {
		t.Errorf("the second deploy says %q", out)
	}
	if out, diagnostics := p.run(3, "", "invoke", "hello-node"); out != "" || !strings.Contains(diagnostics, "no luck") || !strings.Contains(diagnostics, "about to fail") {
		t.Errorf("a failing function prints %q and %q", out, diagnostics)
	}
	p.run(0, "", "functions", "rollback", "hello-node", "1")
	p.run(0, "", "invoke", "hello-node")
	p.run(5, "", "invoke", "nothing-of-that-name")
	id, _ := p.run(0, "", "invoke", "hello-python", "--async")
	if id = strings.TrimSpace(id); !voltrun.ValidID(voltrun.PrefixExecution, id) {
		t.Fatalf("--async prints %q", id)
	}
	p.run(0, "", "logs", "-f", id) // ends with the execution
	key, _ := p.run(0, "", "keys", "create", "ci", "--scope", "functions:execute", "--scope", "executions:read")
	ci := &shell{t: t, volt: p.volt, dir: p.dir, environ: append(newShell(t, s).environ, "VOLT_API_KEY="+strings.TrimSpace(key))}
	if out, _ := ci.run(0, "", "invoke", "hello-python", "--input", `{"name":"CI"}`, "--no-logs"); !strings.Contains(out, "CI") {
		t.Errorf("with a key it answers %q", out)
	}
	ci.run(1, "", "functions", "delete", "hello-python", "--yes")
	if out, _ := p.run(0, "", "functions", "list", "--json"); !json.Valid([]byte(out)) {
		t.Errorf("--json prints %q", out)
	}
	p.run(0, "", "functions", "delete", "hello-python", "--yes")
	p.run(5, "", "functions", "get", "hello-python")
}
