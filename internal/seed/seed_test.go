package seed

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
	"github.com/voltrun/voltrun/internal/control"
	"github.com/voltrun/voltrun/internal/pgtest"
	"github.com/voltrun/voltrun/internal/storage"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

var testNow = time.Date(2026, 5, 4, 15, 2, 1, 0, time.UTC)

// runtimes are both languages, installed or not.
type runtimes []voltrun.Runtime

func (r runtimes) Runtimes() []voltrun.Runtime { return r }

func (r runtimes) Runtime(id string) (voltrun.Runtime, bool) {
	for _, runtime := range r {
		if runtime.ID == id {
			return runtime, true
		}
	}
	return voltrun.Runtime{}, false
}

var bothLanguages = runtimes{
	{ID: nodejs, Language: nodejs, DefaultHandler: "index.handler", DefaultFile: "index.mjs"},
	{ID: python, Language: python, DefaultHandler: "lambda_function.lambda_handler", DefaultFile: "lambda_function.py"},
}

func open(t *testing.T, url string, known runtimes) Deps {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	passwords, err := auth.NewPasswords(4)
	if err != nil {
		t.Fatal(err)
	}
	vault, err := control.NewVault(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	return Deps{Store: db, Passwords: passwords, Vault: vault, Runtimes: known}
}

func run(t *testing.T, deps Deps, number uint64) Summary {
	t.Helper()
	made, err := Run(t.Context(), deps, Config{Number: number, Now: testNow, Password: "a password for tests"})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// readAll reads every execution of the demo user, newest first.
func readAll(t *testing.T, deps Deps) (voltrun.User, []voltrun.Execution) {
	t.Helper()
	user, err := deps.Store.UserByEmail(t.Context(), Email)
	if err != nil {
		t.Fatal(err)
	}
	var all []voltrun.Execution
	for page := (voltrun.PageRequest{Size: voltrun.MaxPageSize}); ; {
		list, err := deps.Store.ListExecutions(t.Context(), voltrun.ExecutionFilter{OwnerID: user.ID}, page)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list.Items...)
		if page.Token = list.NextToken; page.Token == "" {
			return user, all
		}
	}
}

func TestBothDatabasesGetTheSame(t *testing.T) {
	t.Parallel()
	lite, postgres := open(t, filepath.Join(t.TempDir(), "test.db"), bothLanguages), open(t, pgtest.URL(t), bothLanguages)
	made := run(t, lite, 7)
	if again := run(t, postgres, 7); again.Executions != made.Executions || again.LogLines != made.LogLines || again.Versions != made.Versions || again.Functions != made.Functions {
		t.Fatalf("the first database has %+v, the second %+v", made, again)
	}
	user, all := readAll(t, lite)
	_, others := readAll(t, postgres)
	if len(all) != made.Executions || len(others) != made.Executions {
		t.Fatalf("%d and %d executions are on record, not %d", len(all), len(others), made.Executions)
	}
	for i, e := range all {
		if o := others[i]; e.ID != o.ID || e.Status != o.Status || e.Duration != o.Duration || !e.FinishedAt.Equal(*o.FinishedAt) || e.FunctionName != o.FunctionName {
			t.Fatalf("execution %d is %+v in one and %+v in the other", i, e, o)
		}
	}
	checkHistory(t, all)
	checkStats(t, lite, user.ID, all)
	checkLogs(t, lite, all)
	checkFunctions(t, lite, user)
}

// checkHistory looks for everything that a page should be seen with.
func checkHistory(t *testing.T, all []voltrun.Execution) {
	t.Helper()
	found := map[string]int{}
	for _, e := range all {
		if e.FinishedAt.After(testNow) || e.CreatedAt.Before(testNow.Add(-30*24*time.Hour)) || e.FinishedAt.Before(e.CreatedAt) {
			t.Fatalf("%s was made at %s and ended at %s", e.ID, e.CreatedAt, e.FinishedAt)
		}
		if e.CreatedAt.After(testNow.Add(-24 * time.Hour)) {
			found["last day"]++
		}
		found[string(e.Status)]++
		found[string(e.Trigger)]++
		found[string(e.Start)]++
		if e.Error != nil {
			found[e.Error.Type]++
			if len(e.Error.Stack) > 1 {
				found["stack"]++
			}
		}
		if e.LogsTruncatedBytes > 0 {
			found["truncated"]++
		}
		if e.Status == voltrun.StatusCanceled && e.StartedAt == nil {
			found["never ran"]++
		}
	}
	for what, least := range map[string]int{"last day": 1900, "success": 2000, "failed": 50, "timeout": 3, "canceled": 2, "api": 1000, "async": 100, "replay": 10,
		"cold": 300, "warm": 300, "TypeError": 5, "UpstreamError": 5, "Unbalanced": 2, voltrun.ErrorOutOfMemory: 5, voltrun.ErrorLost: 1, voltrun.ErrorTimeout: 3,
		"stack": 20, "truncated": 1, "never ran": 1} {
		if found[what] < least {
			t.Errorf("%d of %q, want at least %d", found[what], what, least)
		}
	}
	if found["last day"] > 2100 {
		t.Errorf("%d executions in the last day", found["last day"])
	}
}

func checkStats(t *testing.T, deps Deps, owner string, all []voltrun.Execution) {
	t.Helper()
	for _, within := range []voltrun.StatsRange{voltrun.StatsHour, voltrun.StatsDay, voltrun.StatsWeek, voltrun.StatsMonth} {
		grid := within.Grid(testNow)
		got, err := deps.Store.Stats(t.Context(), owner, "", grid)
		if err != nil {
			t.Fatal(err)
		}
		want, empty := int64(0), 0
		for _, e := range all {
			if !e.FinishedAt.Before(grid.From) {
				want++
			}
		}
		for _, p := range got.Points {
			if p.Executions == 0 {
				empty++
			}
		}
		if got.Total.Executions != want || want == 0 || got.Total.Handler == nil || empty > grid.Steps/2 {
			t.Errorf("%s: %d executions, want %d; %d of %d points are empty", within, got.Total.Executions, want, empty, grid.Steps)
		}
	}
}

func checkLogs(t *testing.T, deps Deps, all []voltrun.Execution) {
	t.Helper()
	var text strings.Builder
	longest := 0
	for _, e := range all {
		if e.FunctionName != "chat-notify" && e.FunctionName != "import-catalogue" {
			continue
		}
		lines, err := deps.Store.Logs(t.Context(), e.ID, 0, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		size := 0
		for i, l := range lines {
			if l.Seq != int64(i+1) || l.Time.Before(e.CreatedAt) || l.Time.After(*e.FinishedAt) {
				t.Fatalf("line %d of %s is %d at %s", i, e.ID, l.Seq, l.Time)
			}
			size += len(l.Text) + 1
		}
		longest = max(longest, len(lines))
		if e.LogsTruncatedBytes > 0 && (size < voltrun.DefaultMaxLogBytes*9/10 || lines[len(lines)-1].Stream != voltrun.StreamSystem) {
			t.Errorf("the log that was cut has %d bytes and ends in %q", size, lines[len(lines)-1].Text)
		}
		if e.FunctionName == "chat-notify" {
			for _, l := range lines {
				text.WriteString(l.Text)
			}
		}
	}
	if longest < 5000 {
		t.Errorf("the longest log has %d lines", longest)
	}
	for _, part := range []string{"\x1b[36m", `{"level":"info"`, "李雷", "🚀"} {
		if !strings.Contains(text.String(), part) {
			t.Errorf("no log has %q", part)
		}
	}
}

func TestAnotherNumberGivesOtherData(t *testing.T) {
	t.Parallel()
	var deployed []*deployment
	for _, s := range samples {
		deployed = append(deployed, &deployment{sample: s, active: []time.Time{testNow.Add(-s.versions[0].age)}})
	}
	draw := func(number uint64) string {
		h := &historian{random: newRandom(number), now: testNow}
		var text strings.Builder
		for _, c := range h.calls(deployed) {
			fmt.Fprintln(&text, c.name, c.at)
		}
		return text.String()
	}
	first, again, other := draw(1), draw(1), draw(2)
	if first != again {
		t.Error("the same number gives other data")
	}
	if first == other {
		t.Error("another number gives the same data")
	}
}

func TestADatabaseWithUsersIsRefused(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"sqlite": filepath.Join(t.TempDir(), "test.db"), "postgres": pgtest.URL(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			deps := open(t, url, bothLanguages)
			if err := deps.Store.CreateUser(t.Context(), voltrun.User{ID: "usr_1", Email: "ann@example.com", CreatedAt: testNow}); err != nil {
				t.Fatal(err)
			}
			_, err := Run(t.Context(), deps, Config{Number: 1, Now: testNow, Password: "a password for tests"})
			if voltrun.CodeOf(err) != voltrun.CodeConflict || !strings.Contains(err.Error(), "has users") {
				t.Errorf("got %v", err)
			}
			if _, err := deps.Store.UserByEmail(t.Context(), Email); voltrun.CodeOf(err) != voltrun.CodeNotFound {
				t.Errorf("the demo user is there: %v", err)
			}
		})
	}
}

// TestAnOldDatabaseWithUsersKeepsItsSchema: it may be that of a server of that version.
func TestAnOldDatabaseWithUsersKeepsItsSchema(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	deps := open(t, path, bothLanguages)
	if err := deps.Store.CreateUser(t.Context(), voltrun.User{ID: "usr_1", Email: "ann@example.com", CreatedAt: testNow}); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.ExecContext(t.Context(), "DELETE FROM schema_versions WHERE version_id > 1"); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), deps, Config{Now: testNow, Password: "a password for tests"}); voltrun.CodeOf(err) != voltrun.CodeConflict {
		t.Errorf("got %v", err)
	}
	if version, _, err := deps.Store.SchemaVersion(t.Context()); version != 1 || err != nil {
		t.Errorf("the schema is at version %d now, %v", version, err)
	}
}

func TestAWeakPasswordIsRefused(t *testing.T) {
	t.Parallel()
	deps := open(t, filepath.Join(t.TempDir(), "test.db"), bothLanguages)
	if _, err := Run(t.Context(), deps, Config{Now: testNow, Password: "short"}); voltrun.CodeOf(err) != voltrun.CodeValidation {
		t.Errorf("got %v", err)
	}
	if used, err := deps.Store.HasUsers(t.Context()); used || err != nil {
		t.Errorf("something was left behind: %v, %v", used, err)
	}
}

func TestALanguageThatIsNotInstalledIsLeftOut(t *testing.T) {
	t.Parallel()
	deps := open(t, filepath.Join(t.TempDir(), "test.db"), bothLanguages[:1])
	made := run(t, deps, 1)
	if len(made.LeftOut) != 5 || made.Functions != 7 || made.Executions < 2000 {
		t.Errorf("made %+v", made)
	}
}

// checkFunctions looks at what the demo user is shown: versions with their messages and times, and nothing of a secret.
func checkFunctions(t *testing.T, deps Deps, user voltrun.User) {
	t.Helper()
	functions := control.NewFunctions(control.FunctionsConfig{Store: deps.Store, Runtimes: deps.Runtimes, Vault: deps.Vault})
	for _, s := range samples {
		fn, version, err := functions.Get(t.Context(), user.ID, s.name)
		if err != nil {
			t.Fatal(err)
		}
		versions, err := functions.Versions(t.Context(), user.ID, s.name)
		if err != nil {
			t.Fatal(err)
		}
		if len(versions) != len(s.versions) || len(versions) < 2 || version.Number != len(versions) || fn.Version != version.Number ||
			!fn.CreatedAt.Equal(testNow.Add(-s.versions[0].age)) || !version.CreatedAt.Equal(testNow.Add(-s.versions[len(versions)-1].age)) ||
			versions[0].Message != s.versions[len(versions)-1].message || len(fn.Env) != len(s.env) || len(fn.SecretNames) != len(s.secrets) {
			t.Errorf("function %+v with versions %+v", fn, versions)
		}
		if s.name == "orders-api" && len(version.Files) != 3 {
			t.Errorf("orders-api has the files %v", version.Files)
		}
	}
}
