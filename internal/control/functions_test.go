package control_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/control"
)

func ptr[T any](value T) *T { return &value }

const esm, commonJS = "export const handler = async () => 1", "exports.handler = async () => 1"

// code is the active version's files.
func (w *world) files(t *testing.T, owner, ref string) map[string]string {
	t.Helper()
	_, version, err := w.functions.Get(t.Context(), owner, ref)
	if err != nil {
		t.Fatal(err)
	}
	return version.Files
}

func (w *world) update(t *testing.T, owner, ref string, change control.FunctionChange) voltrun.Function {
	t.Helper()
	fn, err := w.functions.Update(t.Context(), owner, ref, change)
	if err != nil {
		t.Fatal(err)
	}
	return fn
}

func wantProblems(t *testing.T, err error, want ...string) {
	t.Helper()
	var problem *voltrun.Error
	if !errors.As(err, &problem) || problem.Code != voltrun.CodeValidation {
		t.Errorf("got %v, want problems at %v", err, want)
		return
	}
	var at []string
	for _, field := range problem.Fields {
		at = append(at, field.Location)
	}
	slices.Sort(at)
	slices.Sort(want)
	if !slices.Equal(at, want) {
		t.Errorf("got problems at %v, want %v", problem.Fields, want)
	}
}

func newOwner(t *testing.T, w *world) string {
	t.Helper()
	_, p := w.person(t, strings.ToLower(voltrun.NewID("u"))+"@example.com")
	return p.UserID
}

func TestCreateSingleFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := newOwner(t, w)
	tests := []struct{ name, runtime, handler, code, file, wantHandler string }{
		{"a", "nodejs", "", esm, "index.mjs", "index.handler"},
		{"b", "nodejs22", "", commonJS, "index.js", "index.handler"},
		{"c", "nodejs", "app.main", "exports.main = 1", "app.js", "app.main"},
		{"d", "python", "", "def lambda_handler(e, c): return 1", "lambda_function.py", "lambda_function.lambda_handler"},
		{"e", "python", "pkg/app.main", "def main(e, c): return 1", "pkg/app.py", "pkg/app.main"},
	}
	for _, test := range tests {
		change := control.FunctionChange{Name: &test.name, Runtime: &test.runtime, Code: &test.code}
		if test.handler != "" {
			change.Handler = &test.handler
		}
		fn := w.create(t, owner, change)
		if fn.Version != 1 || fn.Handler != test.wantHandler || fn.MemoryMB != 128 || fn.Timeout != 3*time.Second || fn.Isolation != "fresh" || fn.MaxConcurrency != 100 {
			t.Errorf("%s: got %+v", test.name, fn)
		}
		got, version, err := w.functions.Get(t.Context(), owner, fn.ID)
		if err != nil || got.Name != test.name || version.Files[test.file] != test.code || len(version.Files) != 1 || len(version.Digest) != 64 {
			t.Errorf("%s: got %+v, %v", test.name, version, err)
		}
		if code, ok := w.functions.Code(version); !ok || code != test.code {
			t.Errorf("%s: the code does not come back as code: %q", test.name, code)
		}
	}
}

func TestCreateFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := newOwner(t, w)
	files := map[string]string{"index.js": commonJS, "lib/a.js": "exports.a = 1", "package.json": "{}"}
	fn := w.create(t, owner, control.FunctionChange{Name: ptr("many"), Runtime: ptr("nodejs"), Files: files})
	if got := w.files(t, owner, "many"); !maps.Equal(got, files) {
		t.Errorf("got %v", got)
	}
	_, version, _ := w.functions.Get(t.Context(), owner, fn.ID)
	if _, ok := w.functions.Code(version); ok {
		t.Error("many files are shown as code")
	}
}

func TestCreateReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := newOwner(t, w)
	_, err := w.functions.Create(t.Context(), owner, control.FunctionChange{})
	wantProblems(t, err, "body.name", "body.runtime", "body.code")

	_, err = w.functions.Create(t.Context(), owner, control.FunctionChange{
		Name: ptr("a b"), Runtime: ptr("cobol"), Code: ptr(" "), Files: map[string]string{"a": ""}, MemoryMB: ptr(1), TimeoutMS: ptr(int64(math.MaxInt64)),
		CPUs: ptr(99.0), Isolation: ptr(voltrun.Isolation("none")), MaxConcurrency: ptr(0), Message: ptr("\x00"),
		Env: map[string]string{"PATH": "x", "BOTH": "x"}, Secrets: map[string]string{"LD_PRELOAD": "x", "BOTH": "x"},
	})
	wantProblems(t, err, "body.name", "body.runtime", "body.files", "body.memory_mb", "body.timeout_ms", "body.cpus", "body.isolation",
		"body.max_concurrency", "body.message", "body.env.PATH", "body.env.BOTH", "body.secrets.LD_PRELOAD")
	if !strings.Contains(fmt.Sprint(err.(*voltrun.Error).Fields), "nodejs, nodejs22, python") {
		t.Errorf("the runtimes are not listed: %v", err.(*voltrun.Error).Fields)
	}
	_, err = w.functions.Create(t.Context(), owner, control.FunctionChange{Name: ptr("a"), Runtime: ptr("nodejs"),
		Files: map[string]string{"../x": "", "/y": "", `z\z`: "", "a": "", "A": "", "d": "", "d/e": ""}})
	wantProblems(t, err, `body.files["../x"]`, `body.files["/y"]`, `body.files["z\\z"]`, `body.files["a"]`, `body.files["d"]`)

	for _, ms := range []int64{math.MinInt64, -1, 0, 99, 900_001, math.MaxInt64/1_000_000 + 1} {
		change := node("t", esm)
		change.TimeoutMS = &ms
		_, err := w.functions.Create(t.Context(), owner, change)
		wantProblems(t, err, "body.timeout_ms")
	}
}

func TestCodeTooLarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := newOwner(t, w)
	_, err := w.functions.Create(t.Context(), owner, node("big", strings.Repeat("x", voltrun.MaxCodeBytes+1)))
	wantCode(t, err, voltrun.CodeTooLarge)
	many := map[string]string{}
	for i := range voltrun.MaxCodeFiles + 1 {
		many[fmt.Sprint(i)] = ""
	}
	_, err = w.functions.Create(t.Context(), owner, control.FunctionChange{Name: ptr("many"), Runtime: ptr("nodejs"), Files: many})
	wantCode(t, err, voltrun.CodeTooLarge)
	change := node("env", esm)
	change.Secrets = map[string]string{"BIG": strings.Repeat("x", voltrun.MaxEnvironmentBytes-3)}
	fn := w.create(t, owner, change)
	_, err = w.functions.Update(t.Context(), owner, fn.ID, control.FunctionChange{Env: map[string]string{"AB": "c"}})
	wantProblems(t, err, "body.env")
}

func TestNamesAreUniquePerOwner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, bob := newOwner(t, w), newOwner(t, w)
	first := w.create(t, ann, node("hello", esm))
	w.create(t, bob, node("hello", esm))
	_, err := w.functions.Create(t.Context(), ann, node("hello", esm))
	wantCode(t, err, voltrun.CodeConflict)
	second := w.create(t, ann, node("other", esm))
	_, err = w.functions.Update(t.Context(), ann, second.ID, control.FunctionChange{Name: ptr("hello")})
	wantCode(t, err, voltrun.CodeConflict)
	if err := w.functions.Delete(t.Context(), ann, "hello"); err != nil {
		t.Fatal(err)
	}
	_, err = w.functions.Resolve(t.Context(), ann, first.ID, 0)
	wantCode(t, err, voltrun.CodeNotFound)
	w.update(t, ann, second.ID, control.FunctionChange{Name: ptr("hello")})
}

func TestVersions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := newOwner(t, w)
	fn := w.create(t, owner, node("hello", esm))
	steps := []struct {
		name    string
		change  control.FunctionChange
		version int
		file    string
	}{
		{"nothing", control.FunctionChange{}, 1, "index.mjs"},
		{"the same code", control.FunctionChange{Code: ptr(esm)}, 1, "index.mjs"},
		{"the same as files", control.FunctionChange{Files: map[string]string{"index.mjs": esm}}, 1, "index.mjs"},
		{"settings", control.FunctionChange{MemoryMB: ptr(256), Description: ptr("d")}, 1, "index.mjs"},
		{"other code", control.FunctionChange{Code: ptr(commonJS), Message: ptr("to CommonJS")}, 2, "index.js"},
		{"handler in another file", control.FunctionChange{Handler: ptr("app.handler")}, 3, "app.js"},
		{"runtime", control.FunctionChange{Runtime: ptr("nodejs22")}, 4, "app.js"},
		{"language", control.FunctionChange{Runtime: ptr("python"), Code: ptr("x = 1")}, 5, "lambda_function.py"},
		{"files", control.FunctionChange{Files: map[string]string{"a.py": "x = 1"}}, 6, "a.py"},
		{"handler beside files", control.FunctionChange{Handler: ptr("b.main")}, 7, "a.py"},
	}
	for _, step := range steps {
		if got := w.update(t, owner, fn.ID, step.change); got.Version != step.version {
			t.Fatalf("%s: version %d, want %d", step.name, got.Version, step.version)
		}
		if _, ok := w.files(t, owner, fn.ID)[step.file]; !ok {
			t.Fatalf("%s: got %v, want %s", step.name, w.files(t, owner, fn.ID), step.file)
		}
	}
	_, err := w.functions.Update(t.Context(), owner, fn.ID, control.FunctionChange{Runtime: ptr("nodejs")})
	wantProblems(t, err, "body.runtime")

	infos, err := w.functions.Versions(t.Context(), owner, "hello")
	if err != nil || len(infos) != 7 || infos[0].Number != 7 || !infos[0].Active || infos[1].Active || infos[5].Message != "to CommonJS" {
		t.Errorf("got %+v, %v", infos, err)
	}
	back, err := w.functions.Activate(t.Context(), owner, "hello", 2)
	if err != nil || back.Version != 2 || back.Runtime != "nodejs" || back.Handler != "index.handler" || back.MemoryMB != 256 {
		t.Errorf("got %+v, %v", back, err)
	}
	if fn, err := w.functions.Activate(t.Context(), owner, "hello", 2); err != nil || !fn.UpdatedAt.Equal(back.UpdatedAt) {
		t.Errorf("activating the active version changes something: %+v, %v", fn, err)
	}
	if fn := w.update(t, owner, fn.ID, control.FunctionChange{Code: ptr(commonJS + "\n")}); fn.Version != 8 {
		t.Errorf("after a rollback, the next version is %d, want 8", fn.Version)
	}
	one, err := w.functions.Version(t.Context(), owner, "hello", 1)
	if err != nil || one.Active || one.Files["index.mjs"] != esm {
		t.Errorf("got %+v, %v", one, err)
	}
	for _, number := range []int{-1, 0, 9} {
		_, err := w.functions.Activate(t.Context(), owner, "hello", number)
		wantCode(t, err, voltrun.CodeNotFound)
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := newOwner(t, w)
	change := node("hello", esm)
	change.Env = map[string]string{"URL": "https://example.com", "EMPTY": ""}
	change.Secrets = map[string]string{"TOKEN": "t0p s3cret", "OTHER": "x"}
	fn := w.create(t, owner, change)
	if !maps.Equal(fn.Env, change.Env) || !slices.Equal(fn.SecretNames, []string{"OTHER", "TOKEN"}) {
		t.Errorf("got %+v", fn)
	}
	sealed, err := w.db.Secrets(t.Context(), fn.ID)
	if err != nil || len(sealed) != 4 {
		t.Fatal(sealed, err)
	}
	for name, box := range sealed {
		if strings.Contains(string(box), "s3cret") || strings.Contains(string(box), "example") {
			t.Errorf("%s lies in the database as it is", name)
		}
	}
	_, err = w.functions.Update(t.Context(), owner, fn.ID, control.FunctionChange{Secrets: map[string]string{"URL": "x"}})
	wantProblems(t, err, "body.env.URL")

	fn = w.update(t, owner, fn.ID, control.FunctionChange{Env: map[string]string{"OTHER": "now in env"}, Secrets: map[string]string{"OTHER": "", "MORE": "m"}})
	if !maps.Equal(fn.Env, map[string]string{"OTHER": "now in env"}) || !slices.Equal(fn.SecretNames, []string{"MORE", "TOKEN"}) || fn.Version != 1 {
		t.Errorf("got %+v", fn)
	}
	d, err := w.functions.Resolve(t.Context(), owner, "hello", 0)
	want := map[string]string{"OTHER": "now in env", "MORE": "m", "TOKEN": "t0p s3cret"}
	if err != nil || !maps.Equal(d.Environment, want) {
		t.Errorf("got %v, %v", d, err)
	}
	page, err := w.functions.List(t.Context(), voltrun.FunctionFilter{OwnerID: owner}, voltrun.PageRequest{})
	if err != nil || len(page.Items) != 1 || !maps.Equal(page.Items[0].Env, fn.Env) || !slices.Equal(page.Items[0].SecretNames, fn.SecretNames) {
		t.Errorf("got %+v, %v", page, err)
	}
	got, _, err := w.functions.Get(t.Context(), owner, fn.ID)
	if err != nil || !maps.Equal(got.Env, fn.Env) || strings.Contains(fmt.Sprintf("%+v", got), "s3cret") {
		t.Errorf("got %+v, %v", got, err)
	}
	if fn := w.update(t, owner, fn.ID, control.FunctionChange{Env: map[string]string{}}); len(fn.Env) != 0 || len(fn.SecretNames) != 2 {
		t.Errorf("got %+v", fn)
	}
}

func TestAnotherOwnersFunctionIsNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, bob := newOwner(t, w), newOwner(t, w)
	fn := w.create(t, ann, node("hello", esm))
	if _, err := w.functions.Resolve(t.Context(), ann, fn.ID, 0); err != nil { // now it is in the cache
		t.Fatal(err)
	}
	for _, ref := range []string{fn.ID, "hello", "", "\x00", "a/b", "fn_x", strings.Repeat("x", 1000)} {
		attempts := map[string]func() error{
			"Get":      func() error { _, _, err := w.functions.Get(t.Context(), bob, ref); return err },
			"Update":   func() error { _, err := w.functions.Update(t.Context(), bob, ref, node("x", esm)); return err },
			"Delete":   func() error { return w.functions.Delete(t.Context(), bob, ref) },
			"Versions": func() error { _, err := w.functions.Versions(t.Context(), bob, ref); return err },
			"Version":  func() error { _, err := w.functions.Version(t.Context(), bob, ref, 1); return err },
			"Activate": func() error { _, err := w.functions.Activate(t.Context(), bob, ref, 1); return err },
			"Resolve":  func() error { _, err := w.functions.Resolve(t.Context(), bob, ref, 0); return err },
		}
		for name, attempt := range attempts {
			if err := attempt(); voltrun.CodeOf(err) != voltrun.CodeNotFound {
				t.Errorf("%s of %.20q: got %v", name, ref, err)
			}
		}
	}
	_, err := w.functions.List(t.Context(), voltrun.FunctionFilter{OwnerID: ann, Query: "a\x00", Runtime: strings.Repeat("x", 100)}, voltrun.PageRequest{})
	wantProblems(t, err, "query.q", "query.runtime")
}

func TestConcurrentChangesAreAllKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := newOwner(t, w)
	fn := w.create(t, owner, node("hello", esm))
	changes := []control.FunctionChange{{MemoryMB: ptr(512)}, {Description: ptr("d")}, {Secrets: map[string]string{"TOKEN": "x"}}, {Code: ptr(commonJS)}}
	var wait sync.WaitGroup
	for _, change := range changes {
		wait.Go(func() {
			if _, err := w.functions.Update(t.Context(), owner, fn.ID, change); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	got, _, err := w.functions.Get(t.Context(), owner, fn.ID)
	if err != nil || got.MemoryMB != 512 || got.Description != "d" || len(got.SecretNames) != 1 || got.Version != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
}
