package storagetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/storage"
)

// modelRow is what a model that fits a screen knows of an execution.
type modelRow struct {
	status  voltrun.Status
	attempt int
	worker  string
	lease   int // second at which it ends
}

// model is the state machine of executions as the documentation says it, in memory.
type model struct {
	db   *storage.DB
	w    *world
	rows map[string]*modelRow
	ids  []string // oldest first
	now  int      // seconds after start
}

const modelMaxAttempts = 2

var modelWorkers = []string{"w1", "w2"}

// testModel plays random histories against both and compares after every step.
func testModel(t *testing.T, open Open) {
	db := open(t)
	rapid.Check(t, func(r *rapid.T) {
		m := &model{db: db, rows: map[string]*modelRow{},
			w: &world{TB: t, db: db, owner: voltrun.NewID(voltrun.PrefixUser), function: voltrun.NewID(voltrun.PrefixFunction)}}
		defer m.leaveNothing(r)
		r.Repeat(map[string]func(*rapid.T){
			"insert": m.insert, "claim": m.claim, "finish": m.finish, "renew": m.renew, "expire": m.expire, "cancel": m.cancel, "": m.compare,
		})
	})
}

func (m *model) time(second int) time.Time { return after(time.Duration(second) * time.Second) }

func (m *model) pick(r *rapid.T) (string, *modelRow) {
	if len(m.ids) == 0 {
		r.Skip("no execution yet")
	}
	id := rapid.SampledFrom(m.ids).Draw(r, "id")
	return id, m.rows[id]
}

func (m *model) insert(r *rapid.T) {
	e := m.w.execution(rapid.SampledFrom([]voltrun.Status{voltrun.StatusPending, voltrun.StatusRunning, voltrun.StatusSuccess}).Draw(r, "status"))
	e.MaxAttempts = modelMaxAttempts
	row := &modelRow{status: e.Status, attempt: e.Attempt}
	if e.Status == voltrun.StatusRunning {
		row.worker, row.lease = e.Worker, m.now+5
		e.LeaseUntil = ptr(m.time(row.lease))
	}
	if _, err := m.db.InsertExecutions(context.Background(), []*voltrun.Execution{e}); err != nil {
		r.Fatal(err)
	}
	m.rows[e.ID], m.ids = row, append(m.ids, e.ID)
}

func (m *model) claim(r *rapid.T) {
	want := rapid.SampledFrom(append([]string{""}, m.ids...)).Draw(r, "claim")
	worker := rapid.SampledFrom(modelWorkers).Draw(r, "worker")
	e, err := m.db.ClaimExecution(context.Background(), want, worker, nil, m.time(m.now), m.time(m.now+5))
	if err != nil {
		r.Fatal(err)
	}
	expected := slices.IndexFunc(m.ids, func(id string) bool { return m.rows[id].status == voltrun.StatusPending && (want == "" || want == id) })
	if (expected < 0) != (e == nil) || e != nil && e.ID != m.ids[expected] {
		r.Fatalf("claiming %q gave %+v, expected number %d", want, e, expected)
	}
	if e != nil {
		row := m.rows[e.ID]
		*row = modelRow{voltrun.StatusRunning, row.attempt + 1, worker, m.now + 5}
	}
}

func (m *model) finish(r *rapid.T) {
	id, row := m.pick(r)
	e := m.w.execution(rapid.SampledFrom(voltrun.Statuses[2:]).Draw(r, "end"))
	e.ID, e.Attempt = id, rapid.IntRange(max(0, row.attempt-1), row.attempt+1).Draw(r, "attempt")
	written, err := m.db.FinishExecutions(context.Background(), []*voltrun.Execution{e})
	if err != nil {
		r.Fatal(err)
	}
	allowed := row.status == voltrun.StatusRunning || row.status == voltrun.StatusPending && e.Status == voltrun.StatusCanceled
	want := allowed && e.Attempt == row.attempt
	if written[0] != want {
		r.Fatalf("finishing attempt %d of %+v as %s: written %v", e.Attempt, *row, e.Status, written[0])
	}
	if want {
		row.status, row.lease = e.Status, 0
	}
}

func (m *model) renew(r *rapid.T) {
	id, row := m.pick(r)
	worker, attempt := rapid.SampledFrom(modelWorkers).Draw(r, "worker"), rapid.IntRange(1, modelMaxAttempts).Draw(r, "attempt")
	lost, err := m.db.RenewLeases(context.Background(), worker, map[string]int{id: attempt}, m.time(m.now+9))
	if err != nil {
		r.Fatal(err)
	}
	holds := row.status == voltrun.StatusRunning && row.worker == worker && row.attempt == attempt
	if holds == (len(lost) == 1) {
		r.Fatalf("renewing attempt %d of %+v for %s: lost %v", attempt, *row, worker, lost)
	}
	if holds {
		row.lease = m.now + 9
	}
}

func (m *model) expire(r *rapid.T) {
	m.now += rapid.IntRange(0, 6).Draw(r, "seconds")
	dead := rapid.SampledFrom([][]string{nil, {"w1"}, {"w2"}}).Draw(r, "dead")
	changed, err := m.db.ExpireLeases(context.Background(), m.time(m.now), dead)
	if err != nil {
		r.Fatal(err)
	}
	var want []string
	for _, id := range m.ids {
		row := m.rows[id]
		if row.status != voltrun.StatusRunning || row.lease >= m.now && !slices.Contains(dead, row.worker) {
			continue
		}
		want = append(want, id)
		if row.lease = 0; row.attempt < modelMaxAttempts {
			row.status, row.worker = voltrun.StatusPending, ""
		} else {
			row.status = voltrun.StatusFailed
		}
	}
	got := idsOf(changed)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		r.Fatalf("expired %v, want %v", got, want)
	}
}

func (m *model) cancel(r *rapid.T) {
	id, row := m.pick(r)
	canceled, err := m.db.CancelPending(context.Background(), id, m.time(m.now))
	if err != nil {
		r.Fatal(err)
	}
	if canceled != (row.status == voltrun.StatusPending) {
		r.Fatalf("canceling %+v: %v", *row, canceled)
	}
	if canceled {
		row.status = voltrun.StatusCanceled
	}
}

// compare looks at every row through the list and at the counters.
func (m *model) compare(r *rapid.T) {
	listed, err := m.db.ListExecutions(context.Background(), voltrun.ExecutionFilter{OwnerID: m.w.owner}, voltrun.PageRequest{Size: voltrun.MaxPageSize})
	if err != nil {
		r.Fatal(err)
	}
	if len(listed.Items) != min(len(m.ids), voltrun.MaxPageSize) {
		r.Fatalf("%d executions, want %d", len(listed.Items), len(m.ids))
	}
	for _, e := range listed.Items {
		row := m.rows[e.ID]
		if e.Status != row.status || e.Attempt != row.attempt || (e.LeaseUntil != nil) != (row.status == voltrun.StatusRunning) || (e.FinishedAt != nil) != row.status.Terminal() {
			r.Fatalf("got %+v, want %+v", e, *row)
		}
	}
	pending := int64(0)
	for _, row := range m.rows {
		if row.status == voltrun.StatusPending {
			pending++
		}
	}
	if got, err := m.db.CountPending(context.Background()); err != nil || got != pending {
		r.Fatalf("%d pending, want %d: %v", got, pending, err)
	}
}

// leaveNothing ends what is open, because claims and expiries of the next history look at all users' executions.
func (m *model) leaveNothing(r *rapid.T) {
	ctx := context.Background()
	for _, id := range m.ids {
		row := m.rows[id]
		if row.status.Terminal() {
			continue
		}
		e := m.w.execution(voltrun.StatusCanceled)
		e.ID, e.Attempt = id, row.attempt
		if _, err := m.db.FinishExecutions(ctx, []*voltrun.Execution{e}); err != nil {
			r.Error(err)
		}
	}
}
