package test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
	"github.com/voltrun/voltrun/test/harness"
)

func TestFunctions(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{})
	t.Run("a version never changes and can be rolled back to", func(t *testing.T) { versions(t, s.For(t)) })
	t.Run("a secret reaches the function and nobody else", func(t *testing.T) { secrets(t, s.For(t)) })
	t.Run("a function sees its environment and its limits", func(t *testing.T) { environment(t, s.For(t)) })
	t.Run("what is wrong is said, all of it, and nothing is done", func(t *testing.T) { validation(t, s.For(t)) })
	t.Run("another user's function does not exist", func(t *testing.T) { foreign(t, s.For(t)) })
	t.Run("several files are one function", func(t *testing.T) { severalFiles(t, s.For(t)) })
	t.Run("a deleted function is gone and its executions stay", func(t *testing.T) { deleted(t, s.For(t)) })
}

func answering(n int) string {
	return fmt.Sprintf("exports.handler = async () => ({ version: %d })", n)
}

func versions(t *testing.T, s *harness.Server) {
	a := s.Register("versions")
	ctx := harness.Context(t)
	f := a.Deploy(t, "versioned", answering(1))
	for n := 2; n <= 3; n++ {
		updated, err := a.UpdateFunction(ctx, f.ID, client.FunctionChange{Code: harness.Ptr(answering(n)), Message: harness.Ptr(fmt.Sprint("change ", n))})
		if err != nil || updated.Version != n {
			t.Fatalf("version %d, %v", updated.Version, err)
		}
	}
	same, err := a.UpdateFunction(ctx, f.ID, client.FunctionChange{Code: harness.Ptr(answering(3)), Description: harness.Ptr("the same code")})
	if err != nil || same.Version != 3 {
		t.Errorf("the same code again makes version %d, %v", same.Version, err)
	}
	list, err := a.Versions(ctx, f.ID)
	if err != nil || len(list) != 3 || list[0].Number != 3 || !list[0].Active || list[0].Message != "change 3" {
		t.Fatalf("versions: %+v, %v", list, err)
	}
	first, err := a.Version(ctx, f.ID, 1)
	if err != nil || first.Code != answering(1) || first.Digest == list[0].Digest || first.Digest == "" {
		t.Errorf("version 1 is %+v, %v", first, err)
	}
	expect := func(request client.ExecuteRequest, want int) {
		t.Helper()
		e, err := a.Execute(ctx, f.ID, request)
		if err != nil {
			t.Fatal(err)
		}
		if got := wantSuccess[map[string]int](t, e)["version"]; got != want || e.Version != want {
			t.Errorf("version %d of the code ran as version %d, want %d", got, e.Version, want)
		}
	}
	expect(client.ExecuteRequest{}, 3)
	expect(client.ExecuteRequest{Version: 2}, 2)
	rolled, err := a.Activate(ctx, f.ID, 1)
	if err != nil || rolled.Version != 1 {
		t.Fatalf("rolled back to %d, %v", rolled.Version, err)
	}
	expect(client.ExecuteRequest{}, 1)
	now, err := a.Function(ctx, f.Name)
	if err != nil || now.Code != answering(1) {
		t.Errorf("after the rollback the code is %q, %v", now.Code, err)
	}
	if next, err := a.UpdateFunction(ctx, f.ID, client.FunctionChange{Code: harness.Ptr(answering(4))}); err != nil || next.Version != 4 {
		t.Errorf("a change after a rollback makes version %d, %v", next.Version, err)
	}
	_, err = a.Activate(ctx, f.ID, 99)
	code(t, err, voltrun.CodeNotFound)
	_, err = a.Execute(ctx, f.ID, client.ExecuteRequest{Version: 99})
	code(t, err, voltrun.CodeNotFound)
}

// secrets looks for a secret's value everywhere that it must not be.
func secrets(t *testing.T, s *harness.Server) {
	a := s.Register("secrets")
	ctx := harness.Context(t)
	const first, second = "first-value-9f3a77c1d2", "second-value-51be0c44a8"
	f := a.Deploy(t, "secretive", `exports.handler = async () => ({ length: process.env.API_TOKEN.length, plain: process.env.PLAIN })`,
		func(c *client.FunctionChange) {
			c.Secrets = map[string]string{"API_TOKEN": first}
			c.Env = &map[string]string{"PLAIN": "visible"}
		})
	if !reflect.DeepEqual(f.SecretNames, []string{"API_TOKEN"}) || f.Env["PLAIN"] != "visible" {
		t.Errorf("the function shows secrets %v and env %v", f.SecretNames, f.Env)
	}
	if _, err := a.UpdateFunction(ctx, f.ID, client.FunctionChange{Secrets: map[string]string{"API_TOKEN": second}}); err != nil {
		t.Fatal(err)
	}
	ran := a.Run(t, f.ID, nil)
	if out := wantSuccess[map[string]any](t, ran); out["length"] != float64(len(second)) || out["plain"] != "visible" {
		t.Errorf("the function sees %v", out)
	}
	// Make the server speak about it in as many ways as there are, errors included.
	paths := []string{"/api/functions", "/api/functions/" + f.ID, "/api/functions/secretive", "/api/functions/" + f.ID + "/versions",
		"/api/functions/" + f.ID + "/versions/1", "/api/executions", "/api/executions/" + ran.ID, "/api/executions/" + ran.ID + "/logs",
		"/api/me", "/api/keys", "/api/system", "/api/runtimes", "/metrics", "/readyz"}
	for _, path := range paths {
		answer := s.Call("GET", path, a.SignIn.Token, nil)
		if answer.Status != 200 {
			t.Errorf("GET %s: %d", path, answer.Status)
		}
		lacks(t, "GET "+path, answer.Body, first, second)
	}
	for _, body := range []string{
		`{"name":"secretive","runtime":"nodejs","code":"x","secrets":{"API_TOKEN":"` + first + `"}}`, // the name is taken
		`{"name":"other","runtime":"cobol","code":"x","secrets":{"API_TOKEN":"` + first + `"}}`,
		`{"name":"other","runtime":"nodejs","code":"x","secrets":{"9":"` + first + `"}}`,
		`{"secrets":{"API_TOKEN":"` + first + `"}, broken`,
		`{"secrets":"` + first + `"}`,
	} {
		answer := s.Call("POST", "/api/functions", a.SignIn.Token, body)
		if answer.Status < 400 || answer.Status > 499 {
			t.Errorf("%s: status %d", body, answer.Status)
		}
		lacks(t, "the refusal", answer.Body, first, second)
	}
	lacks(t, "the server's log", []byte(s.AllLogs()), first, second)
	filesLack(t, s.DataDir(), first, second)
	s.Stop()
	filesLack(t, s.DataDir(), first, second)
	lacks(t, "the server's log", []byte(s.AllLogs()), first, second)
	s.Restart()
	again := a.Again()
	if out := wantSuccess[map[string]any](t, again.Run(t, f.ID, nil)); out["length"] != float64(len(second)) {
		t.Errorf("after a restart the function sees %v", out)
	}
}

func lacks(t *testing.T, where string, text []byte, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(string(text), secret) {
			t.Errorf("%s has the secret: %.300s", where, text)
		}
	}
}

// filesLack reads every file of the data folder: the database, its journal, caches, logs.
func filesLack(t *testing.T, dir string, secrets ...string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || strings.Contains(path, "/images/") {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return nil // a journal that went away
		}
		files++
		lacks(t, path, content, secrets...)
		return nil
	})
	if err != nil || files < 2 {
		t.Errorf("%d files were read: %v", files, err)
	}
}

func environment(t *testing.T, s *harness.Server) {
	a := s.Register("environment")
	for _, language := range languages {
		source := `exports.handler = async (e, c) => ({ ...process.env, remaining: String(c.getRemainingTimeInMillis()), cwd: process.cwd() })`
		if language.name == "python" {
			source = "import os\ndef lambda_handler(e, c):\n    return {**os.environ, 'remaining': str(c.get_remaining_time_in_millis()), 'cwd': os.getcwd()}\n"
		}
		f := a.Deploy(t, "env-"+language.name, source, language.change, harness.Memory(256), harness.Timeout(7000), func(c *client.FunctionChange) {
			c.Env = &map[string]string{"GREETING": "Grüß Gott\n\"$HOME\"", "EMPTY": ""}
		})
		env := wantSuccess[map[string]string](t, a.Run(t, f.ID, nil))
		want := map[string]string{"GREETING": "Grüß Gott\n\"$HOME\"", "EMPTY": "", "LAMBDA_TASK_ROOT": "/var/task", "cwd": "/var/task", "TZ": "UTC",
			"AWS_LAMBDA_FUNCTION_NAME": f.Name, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_FUNCTION_VERSION": "1"}
		for name, value := range want {
			if got, ok := env[name]; !ok || got != value {
				t.Errorf("%s: %s is %q, want %q", language.name, name, got, value)
			}
		}
		for name := range env {
			if strings.HasPrefix(name, "VOLTRUN_") {
				t.Errorf("%s: the function sees %s", language.name, name)
			}
		}
		var remaining int
		if err := json.Unmarshal([]byte(env["remaining"]), &remaining); err != nil || remaining <= 0 || remaining > 7000 {
			t.Errorf("%s: %q ms remain of 7000", language.name, env["remaining"])
		}
	}
}

func validation(t *testing.T, s *harness.Server) {
	a := s.Register("validation")
	ctx := harness.Context(t)
	for _, wrong := range []client.FunctionChange{
		{Name: harness.Ptr("fine"), Runtime: harness.Ptr("nodejs"), Code: harness.Ptr("x"), MemoryMB: harness.Ptr(63), TimeoutMS: harness.Ptr(int64(99)), MaxConcurrency: harness.Ptr(0)},
		{Name: harness.Ptr("9 lives"), Runtime: harness.Ptr("cobol"), Code: harness.Ptr("x"), Env: &map[string]string{"PATH": "/tmp"}},
	} {
		_, err := a.CreateFunction(ctx, wrong)
		code(t, err, voltrun.CodeValidation)
		if problem, ok := err.(*client.Error); !ok || len(problem.Fields) != 3 {
			t.Errorf("not everything is said: %+v", err)
		}
	}
	for _, body := range []string{
		`{"name":"x","runtime":"nodejs"}`,
		`{"name":"x","runtime":"nodejs","code":"1","files":{"a.js":"1"}}`,
		`{"name":"x","runtime":"nodejs","files":{}}`,
		`{"name":"x","runtime":"nodejs","files":{"/etc/passwd":"1"}}`,
		`{"name":"x","runtime":"nodejs","files":{"../a.js":"1"}}`,
		`{"name":"x","runtime":"nodejs","files":{"a/../../b.js":"1"}}`,
		`{"name":"x","runtime":"nodejs","files":{"a\u0000.js":"1"}}`,
		`{"name":"x","runtime":"nodejs","files":{"a":"1","a/b":"2"}}`,
		`{"name":"x","runtime":"nodejs","code":"1","memory_mb":4097}`,
		`{"name":"x","runtime":"nodejs","code":"1","memory_mb":"128"}`,
		`{"name":"x","runtime":"nodejs","code":"1","timeout_ms":900001}`,
		`{"name":"x","runtime":"nodejs","code":"1","isolation":"none"}`,
		`{"name":"x","runtime":"nodejs","code":"1","env":{"PATH":"/tmp"}}`,
		`{"name":"x","runtime":"nodejs","code":"1","env":{"LD_PRELOAD":"/tmp/x.so"}}`,
		`{"name":"x","runtime":"nodejs","code":"1","env":{"A_B":"x"},"secrets":{"A_B":"y"}}`,
		`{"name":"x","runtime":"nodejs","code":"1","handler":"../../etc/x.y z"}`,
		`{"name":"x","runtime":"nodejs","code":"1","surprise":true}`,
		`{"name":"fn_01","runtime":"nodejs","code":"1"}`,
		`{"name":"x","name":"y","runtime":"nodejs","code":"1"}`,
		`[]`, `null`, `"x"`, `{`, ``,
	} {
		answer := s.Call("POST", "/api/functions", a.SignIn.Token, body)
		if answer.Status < 400 || answer.Status > 422 || answer.Problem(t) != "validation" {
			t.Errorf("%s: status %d, %s", body, answer.Status, answer.Body)
		}
	}
	page, err := a.Functions(ctx, client.FunctionFilter{})
	if err != nil || len(page.Items) != 0 {
		t.Errorf("refused functions exist: %+v, %v", page.Items, err)
	}
	large := strings.Repeat("x", 7<<20)
	_, err = a.CreateFunction(ctx, client.FunctionChange{Name: harness.Ptr("large"), Runtime: harness.Ptr("nodejs"), Code: &large})
	code(t, err, voltrun.CodeTooLarge)
}

func foreign(t *testing.T, s *harness.Server) {
	owner, other := s.Register("owner"), s.Register("other")
	ctx := harness.Context(t)
	f := owner.Deploy(t, "private", echoNode)
	e := owner.Run(t, f.ID, "mine")
	calls := map[string]error{}
	_, calls["function"] = other.Function(ctx, f.ID)
	_, calls["function by name"] = other.Function(ctx, f.Name)
	_, calls["update"] = other.UpdateFunction(ctx, f.ID, client.FunctionChange{Description: harness.Ptr("stolen")})
	calls["delete"] = other.DeleteFunction(ctx, f.ID)
	_, calls["versions"] = other.Versions(ctx, f.ID)
	_, calls["version"] = other.Version(ctx, f.ID, 1)
	_, calls["activate"] = other.Activate(ctx, f.ID, 1)
	_, calls["execute"] = other.Execute(ctx, f.ID, client.ExecuteRequest{})
	_, calls["execution"] = other.Execution(ctx, e.ID)
	_, calls["logs"] = other.Logs(ctx, e.ID, 0)
	calls["cancel"] = other.Cancel(ctx, e.ID)
	_, calls["replay"] = other.Replay(ctx, e.ID, 0)
	_, calls["watch"] = other.WatchExecution(ctx, e.ID, 0)
	_, calls["watch function"] = other.WatchFunction(ctx, f.ID)
	for name, err := range calls {
		if client.CodeOf(err) != voltrun.CodeNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if page, err := other.Executions(ctx, client.ExecutionFilter{FunctionID: f.ID}); err != nil || len(page.Items) > 0 {
		t.Errorf("the list shows %+v, %v", page.Items, err)
	}
	if mine := other.Deploy(t, "private", echoNode); mine.ID == f.ID {
		t.Error("two users share a function")
	}
}

func severalFiles(t *testing.T, s *harness.Server) {
	a := s.Register("files")
	for _, language := range languages {
		files := map[string]string{"src/app.mjs": "import { greet } from './lib/greet.mjs';\nexport const main = async (e) => greet(e);\n",
			"src/lib/greet.mjs": "export const greet = (name) => `Hello, ${name}`;\n"}
		handler := "src/app.main"
		if language.name == "python" {
			files = map[string]string{"src/app.py": "from src.greeting import greet\ndef main(e, c):\n    return greet(e)\n", "src/greeting.py": "def greet(name):\n    return f'Hello, {name}'\n"}
			handler = "src/app.main"
		}
		f := a.Deploy(t, "files-"+language.name, "", language.change, func(c *client.FunctionChange) { c.Code, c.Files, c.Handler = nil, files, &handler })
		if got := wantSuccess[string](t, a.Run(t, f.ID, "Ada")); got != "Hello, Ada" {
			t.Errorf("%s: %q", language.name, got)
		}
		read, err := a.Function(harness.Context(t), f.ID)
		if err != nil || !reflect.DeepEqual(read.Files, files) {
			t.Errorf("%s: the files come back as %v, %v", language.name, read.Files, err)
		}
	}
}

func deleted(t *testing.T, s *harness.Server) {
	a := s.Register("deleted")
	ctx := harness.Context(t)
	f := a.Deploy(t, "gone", echoNode)
	e := a.Run(t, f.ID, "kept")
	if err := a.DeleteFunction(ctx, f.ID); err != nil {
		t.Fatal(err)
	}
	_, err := a.Execute(ctx, f.ID, client.ExecuteRequest{})
	code(t, err, voltrun.CodeNotFound)
	_, err = a.Function(ctx, f.Name)
	code(t, err, voltrun.CodeNotFound)
	kept, err := a.Execution(ctx, e.ID)
	if err != nil || kept.FunctionName != "gone" || string(kept.Output) != `"kept"` {
		t.Errorf("the execution is %+v, %v", kept, err)
	}
	a.Deploy(t, "gone", echoNode) // the name is free again
}
