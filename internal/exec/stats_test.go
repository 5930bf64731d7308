package exec

import (
	"testing"

	"github.com/voltrun/voltrun"
)

func TestStatsCountWhatRan(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.add("good", voltrun.IsolationFresh)
	bad := f.add("bad", voltrun.IsolationFresh)
	f.execute("good", `{}`)
	f.execute("bad", `{"do":"throw","text":"no luck"}`)
	f.execute("bad", `{"do":"timeout"}`)
	waiting, err := f.Submit(t.Context(), f.request("good", `{"do":"hang"}`))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "it runs", func() bool { return f.inFlight(waiting.ID) != nil })
	if _, err := f.Cancel(t.Context(), owner, waiting.ID); err != nil {
		t.Fatal(err)
	}
	f.finished(waiting.ID)

	for _, within := range []voltrun.StatsRange{voltrun.StatsHour, voltrun.StatsDay, voltrun.StatsWeek, voltrun.StatsMonth} {
		all, err := f.Stats(t.Context(), owner, "", within)
		if err != nil {
			t.Fatal(err)
		}
		if total := all.Total; total.Executions != 4 || total.Success != 1 || total.Failed != 1 || total.Timeout != 1 || total.Canceled != 1 || total.Cold < 3 || total.Handler == nil {
			t.Errorf("%s: %+v", within, total)
		}
		one, err := f.Stats(t.Context(), owner, bad.Function.ID, within)
		if err != nil || one.Total.Executions != 2 || one.Total.ErrorRate() != 1 {
			t.Errorf("%s of one function: %+v, %v", within, one.Total, err)
		}
	}
	if stranger, err := f.Stats(t.Context(), "usr_other", bad.Function.ID, voltrun.StatsDay); err != nil || stranger.Total.Executions != 0 {
		t.Errorf("another user sees %+v, %v", stranger.Total, err)
	}
}

func TestShelvesAndQueueTellWhatTheyHold(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *Config) { c.Slots, c.Pool.MinIdle = 1, 2 })
	large := f.add("large", voltrun.IsolationFresh)
	large.Function.MemoryMB = 512
	eventually(t, "the shelf is filled", func() bool {
		shelves := f.Shelves()
		return len(shelves) == 1 && shelves[0].Idle == 2 && shelves[0].Booting == 0
	})
	if s := f.Shelves()[0]; s.Runtime != "nodejs" || s.MemoryMB != voltrun.DefaultMemoryMB || s.CPUs <= 0 || s.Target != 2 || s.Waiting != 0 {
		t.Errorf("shelf %+v", s)
	}
	running, err := f.Submit(t.Context(), f.request("large", `{"do":"hang"}`))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "it runs", func() bool { return f.Pool().Busy == 1 })
	for range 3 {
		if _, err := f.Submit(t.Context(), f.request("large", `{}`)); err != nil {
			t.Fatal(err)
		}
	}
	if q, err := f.Queue(t.Context()); err != nil || q != (QueueState{Pending: 3, Running: 1, Max: 1}) {
		t.Errorf("queue %+v, %v", q, err)
	}
	if shelves := f.Shelves(); len(shelves) != 2 || shelves[1].MemoryMB != 512 || shelves[1].Target < 1 {
		t.Errorf("shelves %+v", shelves)
	}
	if _, err := f.Cancel(t.Context(), owner, running.ID); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the queue is empty", func() bool {
		q, err := f.Queue(t.Context())
		return err == nil && q.Pending == 0 && q.Running == 0
	})
}
