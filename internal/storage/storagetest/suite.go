// Package storagetest is the suite that every database behind package storage passes.
package storagetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/storage"
)

// Open gives a test a migrated database of its own and closes it at the end of the test.
type Open func(t testing.TB) *storage.DB

// Run checks everything that package storage promises on the database that open gives.
func Run(t *testing.T, open Open) {
	for _, part := range []struct {
		name string
		test func(*testing.T, Open)
	}{
		{"schema", testSchema},
		{"description", testDescription},
		{"executions", testExecutions},
		{"claims", testClaims},
		{"leases", testLeases},
		{"lists", testLists},
		{"logs", testLogs},
		{"log search", testLogSearch},
		{"retention", testRetention},
		{"stats", testStats},
		{"accounts", testAccounts},
		{"keys", testKeys},
		{"functions", testFunctions},
		{"test events", testTestEvents},
		{"deleted users", testDeletedUsers},
		{"errors", testErrors},
		{"model", testModel},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			part.test(t, open)
		})
	}
}

// start is the time at which these tests play; nothing depends on the clock.
var start = time.Date(2026, 5, 4, 3, 2, 1, 123456000, time.UTC)

// after is start and this much more.
func after(d time.Duration) time.Time { return start.Add(d) }

func ptr[T any](value T) *T { return &value }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t testing.TB, err error, code voltrun.Code) {
	t.Helper()
	if voltrun.CodeOf(err) != code {
		t.Fatalf("got error %v, want code %q", err, code)
	}
}

// owner and function are enough for tests that need only one.
type world struct {
	testing.TB
	db              *storage.DB
	owner, function string
}

func newWorld(t testing.TB, open Open) *world {
	return &world{TB: t, db: open(t), owner: voltrun.NewID(voltrun.PrefixUser), function: voltrun.NewID(voltrun.PrefixFunction)}
}

// execution is a new execution of the world's function with this status.
func (w *world) execution(status voltrun.Status) *voltrun.Execution {
	e := &voltrun.Execution{ID: voltrun.NewID(voltrun.PrefixExecution), OwnerID: w.owner, FunctionID: w.function, FunctionName: "hello", Version: 1,
		Status: status, Trigger: voltrun.TriggerAsync, Input: []byte(`{"n":1}`), CreatedAt: start, MaxAttempts: 2}
	if status == voltrun.StatusRunning {
		e.Attempt, e.Worker, e.StartedAt, e.LeaseUntil = 1, "w1", ptr(start), ptr(after(time.Minute))
	}
	if status.Terminal() {
		e.FinishedAt = ptr(after(time.Second))
	}
	return e
}

// insert stores new executions of this status.
func (w *world) insert(n int, status voltrun.Status) []*voltrun.Execution {
	w.Helper()
	rows := make([]*voltrun.Execution, n)
	for i := range rows {
		rows[i] = w.execution(status)
	}
	w.put(rows...)
	return rows
}

func (w *world) put(rows ...*voltrun.Execution) []string {
	w.Helper()
	earlier, err := w.db.InsertExecutions(context.Background(), rows)
	must(w, err)
	if len(earlier) != len(rows) {
		w.Fatalf("%d answers for %d rows", len(earlier), len(rows))
	}
	return earlier
}

func (w *world) get(id string) *voltrun.Execution {
	w.Helper()
	e, err := w.db.Execution(context.Background(), w.owner, id)
	must(w, err)
	return e
}

func (w *world) finish(rows ...*voltrun.Execution) []bool {
	w.Helper()
	written, err := w.db.FinishExecutions(context.Background(), rows)
	must(w, err)
	return written
}

// ended is e as somebody would finish it.
func ended(e *voltrun.Execution, status voltrun.Status) *voltrun.Execution {
	end := *e
	end.Status, end.FinishedAt, end.LeaseUntil = status, ptr(after(2*time.Second)), nil
	return &end
}

func idsOf(rows []*voltrun.Execution) []string {
	ids := make([]string, len(rows))
	for i, e := range rows {
		ids[i] = e.ID
	}
	return ids
}

func reversed(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Reverse(ids)
	return ids
}
