package exec

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/storage"
)

var _ Store = (*storage.DB)(nil)

func TestOutcomes(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.add("fn", voltrun.IsolationFresh)
	for _, c := range []struct {
		input  string
		status voltrun.Status
		kind   string
	}{
		{`{"do":"echo"}`, voltrun.StatusSuccess, ""},
		{`{"do":"throw","text":"boom"}`, voltrun.StatusFailed, "TypeError"},
		{`{"do":"timeout"}`, voltrun.StatusTimeout, voltrun.ErrorTimeout},
		{`{"do":"die"}`, voltrun.StatusFailed, voltrun.ErrorExit},
		{`{"do":"forge"}`, voltrun.StatusFailed, voltrun.ErrorProtocol},
		{`{"do":"garbage"}`, voltrun.StatusFailed, voltrun.ErrorProtocol},
	} {
		e := f.execute("fn", c.input)
		if e.Status != c.status || (c.kind != "" && (e.Error == nil || e.Error.Type != c.kind)) {
			t.Errorf("%s: status %s, error %+v", c.input, e.Status, e.Error)
		}
		stored, err := f.db.Execution(t.Context(), owner, e.ID)
		if err != nil || stored.Status != c.status || stored.FinishedAt == nil {
			t.Errorf("%s: stored %+v, %v", c.input, stored, err)
		}
	}
}

func TestOutOfMemoryIsToldFromOtherEnds(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.add("fn", voltrun.IsolationFresh)
	f.driver.oomKills = 1
	if e := f.execute("fn", `{"do":"die"}`); e.Error == nil || e.Error.Type != voltrun.ErrorOutOfMemory {
		t.Fatalf("error %+v", e.Error)
	}
}

func TestFreshNeverSharesAMachineAndWarmDoes(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.add("fresh", voltrun.IsolationFresh)
	warm := f.add("warm", voltrun.IsolationWarm)
	machineOf := func(e *voltrun.Execution) string {
		var out struct{ Machine string }
		if err := json.Unmarshal(e.Output, &out); err != nil {
			t.Fatal(err)
		}
		return out.Machine
	}
	seen := make(map[string]bool)
	for range 10 {
		m := machineOf(f.execute("fresh", `{}`))
		if seen[m] {
			t.Fatalf("machine %s served two fresh executions", m)
		}
		seen[m] = true
	}
	first := f.execute("warm", `{}`)
	eventually(t, "the machine is back", func() bool { return f.Pool().Warm == 1 })
	second := f.execute("warm", `{}`)
	if machineOf(first) != machineOf(second) || second.Start != voltrun.StartWarm || first.Start != voltrun.StartCold {
		t.Fatalf("%s/%s then %s/%s", machineOf(first), first.Start, machineOf(second), second.Start)
	}
	eventually(t, "the machine is back", func() bool { return f.Pool().Warm == 1 })
	changed := *warm
	changed.Revision = "r2"
	f.catalog["warm"] = &changed
	if third := f.execute("warm", `{}`); machineOf(third) == machineOf(first) || third.Start != voltrun.StartCold {
		t.Fatal("a machine crossed a revision")
	}
}

func TestCancelEndsARunningExecution(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.add("fn", voltrun.IsolationFresh)
	e, err := f.Submit(t.Context(), f.request("fn", `{"do":"hang"}`))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "it logs", func() bool { lines, _, _ := f.Logs(t.Context(), owner, e.ID, 0, 10); return len(lines) == 1 })
	if _, err := f.Cancel(t.Context(), owner, e.ID); err != nil {
		t.Fatal(err)
	}
	if done := f.finished(e.ID); done.Status != voltrun.StatusCanceled || done.Logs != "hanging\n" {
		t.Fatalf("%+v", done)
	}
	if _, err := f.Cancel(t.Context(), owner, e.ID); voltrun.CodeOf(err) != voltrun.CodeConflict {
		t.Fatalf("a second cancel: %v", err)
	}
	if _, err := f.Cancel(t.Context(), "usr_other", e.ID); voltrun.CodeOf(err) != voltrun.CodeNotFound {
		t.Fatalf("another user's cancel: %v", err)
	}
}

func TestIdempotencyKeyGivesOneExecution(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.add("fn", voltrun.IsolationFresh)
	request := f.request("fn", `{}`)
	request.IdempotencyKey = "once"
	ids := make(chan string, 20)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			call := f.Execute
			if i%2 == 0 {
				call = f.Submit
			}
			e, err := call(context.WithoutCancel(t.Context()), request)
			if err != nil {
				t.Error(err)
				return
			}
			ids <- e.ID
		})
	}
	wg.Wait()
	close(ids)
	all := make(map[string]bool)
	for id := range ids {
		all[id] = true
	}
	if len(all) != 1 {
		t.Fatalf("%d executions for one key", len(all))
	}
}

func TestAsynchronousExecutionsSurviveACrash(t *testing.T) {
	t.Parallel()
	db, catalog := openStore(t), fakeCatalog{}
	first := fixtureOn(t, db, catalog, nil)
	first.add("fn", voltrun.IsolationFresh)
	var ids []string
	for i := range 30 {
		e, err := first.Submit(t.Context(), first.request("fn", fmt.Sprintf(`{"do":"hang","text":"%d"}`, i)))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, e.ID)
	}
	eventually(t, "some run", func() bool { return first.Pool().Busy > 0 })
	claims := func(may bool) {
		first.mu.Lock()
		defer first.mu.Unlock()
		first.draining = !may
	}
	claims(false) // as the dead do
	// A second life on the same store takes over what the first, as if it had crashed, left running.
	// Its guests do not hang: the order is the same, so it cancels them instead.
	second := fixtureOn(t, db, catalog, nil)
	for _, id := range ids {
		eventually(t, "canceled", func() bool {
			e, err := second.Get(t.Context(), owner, id)
			if err != nil {
				t.Fatal(err)
			}
			if e.Status.Terminal() {
				return true
			}
			_, _ = second.Cancel(t.Context(), owner, id)
			return false
		})
	}
	// Whatever the first life still holds is refused: no terminal state changes.
	first.mu.Lock()
	for _, r := range first.running {
		r.cancel(errCanceled)
	}
	first.mu.Unlock()
	claims(true)
	first.stop()
	for _, id := range ids {
		if e, err := db.Execution(t.Context(), owner, id); err != nil || e.Status != voltrun.StatusCanceled {
			t.Fatalf("%+v, %v", e, err)
		}
	}
}

func TestStopLetsRunningWorkFinishAndRefusesNew(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.add("fn", voltrun.IsolationFresh)
	e, err := f.Submit(t.Context(), f.request("fn", `{"do":"hang"}`))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "it runs", func() bool { return f.inFlight(e.ID) != nil && f.Pool().Busy == 1 })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := f.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Execute(t.Context(), f.request("fn", `{}`)); voltrun.CodeOf(err) != voltrun.CodeUnavailable {
		t.Fatalf("after stop: %v", err)
	}
	stored, err := f.db.Execution(t.Context(), owner, e.ID)
	if err != nil || stored.Status != voltrun.StatusPending {
		t.Fatalf("an asynchronous execution that was cut off must wait for the next worker: %+v, %v", stored, err)
	}
}

func TestConcurrencyLimitMakesCallersWaitThenRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *Config) { c.QueueWait = 50 * time.Millisecond })
	d := f.add("fn", voltrun.IsolationFresh)
	d.Function.MaxConcurrency = 1
	f.add("other", voltrun.IsolationFresh)
	e, err := f.Submit(t.Context(), f.request("fn", `{"do":"hang"}`))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "it runs", func() bool { r := f.inFlight(e.ID); return r != nil && f.Pool().Busy == 1 })
	_, err = f.Execute(t.Context(), f.request("fn", `{}`))
	var problem *voltrun.Error
	if !errors.As(err, &problem) || problem.Code != voltrun.CodeCapacity || problem.RetryAfter == 0 {
		t.Fatalf("err = %v", err)
	}
	f.execute("other", `{}`)
	if _, err := f.Cancel(t.Context(), owner, e.ID); err != nil {
		t.Fatal(err)
	}
	f.finished(e.ID)
}

func TestExecutionStreamResumesWithoutGapOrDuplicate(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.add("fn", voltrun.IsolationFresh)
	text := ""
	for i := range 2000 {
		text += fmt.Sprintf("line %d\n", i)
	}
	raw, _ := json.Marshal(order{Do: "log", Text: text})
	e, err := f.Submit(t.Context(), f.request("fn", string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for after, ended := int64(0), false; !ended; {
		stream, err := f.WatchExecution(t.Context(), owner, e.ID, after)
		if err != nil {
			t.Fatal(err)
		}
		for range 137 { // break off again and again
			event, err := stream.Next(t.Context())
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if event.Log != nil {
				if event.Log.Seq != after+1 {
					t.Fatalf("seq %d after %d", event.Log.Seq, after)
				}
				after = event.Log.Seq
				got.WriteString(event.Log.Text + "\n")
			}
			if event.End != nil {
				ended = true
				if event.End.Logs != text {
					t.Fatal("the end does not carry the whole log")
				}
			}
		}
		stream.Close()
	}
	if got.String() != text {
		t.Fatal("the stream differs from what was written")
	}
}

func TestFunctionStreamResumesWithoutGapOrDuplicate(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	d := f.add("fn", voltrun.IsolationFresh)
	stream, err := f.WatchFunction(t.Context(), owner, d.Function.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	const executions, lines = 12, 5
	var wg sync.WaitGroup
	for i := range executions {
		wg.Go(func() {
			raw, _ := json.Marshal(order{Do: "log", Text: strings.Repeat(fmt.Sprintf("of %d\n", i), lines)})
			if _, err := f.Execute(context.WithoutCancel(t.Context()), f.request("fn", string(raw))); err != nil {
				t.Error(err)
			}
		})
	}
	seq, ends, cursor := make(map[string]int64), make(map[string]bool), ""
	for n := 0; len(ends) < executions; n++ {
		if n%7 == 6 && cursor != "" {
			stream.Close()
			if stream, err = f.WatchFunction(t.Context(), owner, d.Function.ID, cursor); err != nil {
				t.Fatal(err)
			}
		}
		event, err := stream.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		cursor = event.Cursor
		if event.Log != nil {
			if event.Log.Seq != seq[event.ExecutionID]+1 {
				t.Fatalf("%s: seq %d after %d", event.ExecutionID, event.Log.Seq, seq[event.ExecutionID])
			}
			seq[event.ExecutionID]++
		}
		if event.End != nil {
			if ends[event.ExecutionID] || seq[event.ExecutionID] != lines {
				t.Fatalf("%s ended with %d lines, before: %v", event.ExecutionID, seq[event.ExecutionID], ends[event.ExecutionID])
			}
			ends[event.ExecutionID] = true
		}
	}
	stream.Close()
	wg.Wait()
}

func TestLateOutputBelongsToTheExecutionThatWroteIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.add("fn", voltrun.IsolationWarm)
	e := f.execute("fn", `{"do":"late"}`)
	if e.Logs != "" {
		t.Fatalf("logs %q", e.Logs)
	}
	close(f.driver.late)
	eventually(t, "the late line is on record", func() bool {
		got, err := f.Get(t.Context(), owner, e.ID)
		return err == nil && got.Logs == "late\n"
	})
}

func TestPoolReplacesWhatItHandsOut(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.add("fn", voltrun.IsolationFresh)
	for range 3 {
		f.execute("fn", `{}`)
		eventually(t, "the shelf is filled again", func() bool { return f.Pool().Idle >= 1 && f.Pool().Busy == 0 })
	}
}

func TestPoolNeverExceedsItsMaximum(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *Config) { c.Pool.MaxMachines = 3; c.Slots = 50 })
	f.add("fn", voltrun.IsolationFresh).Function.MaxConcurrency = 50
	f.add("warm", voltrun.IsolationWarm).Function.MaxConcurrency = 50
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			name := []string{"fn", "warm"}[i%2]
			if _, err := f.Execute(context.WithoutCancel(t.Context()), f.request(name, `{}`)); err != nil {
				t.Error(err)
			}
			if st := f.Pool(); st.Total > 3 {
				t.Errorf("%d machines", st.Total)
			}
		})
	}
	wg.Wait()
}

func TestABootFailureIsThePlatformsError(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *Config) { c.Pool.MinIdle = 0 })
	f.add("fn", voltrun.IsolationFresh)
	f.driver.mu.Lock()
	f.driver.bootErr = voltrun.Internal("booting", errors.New("secret detail"))
	f.driver.mu.Unlock()
	if _, err := f.Execute(t.Context(), f.request("fn", `{}`)); voltrun.CodeOf(err) != voltrun.CodeInternal {
		t.Fatalf("err = %v", err)
	}
	page, err := f.List(t.Context(), voltrun.ExecutionFilter{OwnerID: owner}, voltrun.PageRequest{})
	if err != nil || len(page.Items) != 1 || page.Items[0].Error.Type != voltrun.ErrorPlatform || strings.Contains(page.Items[0].Error.Message, "secret") {
		t.Fatalf("%+v, %v", page, err)
	}
}

func TestInputIsChecked(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.add("fn", voltrun.IsolationFresh)
	if _, err := f.Execute(t.Context(), f.request("fn", `{`)); voltrun.CodeOf(err) != voltrun.CodeValidation {
		t.Errorf("broken JSON: %v", err)
	}
	big := `"` + strings.Repeat("x", voltrun.MaxInputBytes) + `"`
	if _, err := f.Execute(t.Context(), f.request("fn", big)); voltrun.CodeOf(err) != voltrun.CodeTooLarge {
		t.Errorf("a large input: %v", err)
	}
	if _, err := f.Execute(t.Context(), f.request("nothing", `1`)); voltrun.CodeOf(err) != voltrun.CodeNotFound {
		t.Errorf("an unknown function: %v", err)
	}
}

func TestRetentionRemovesWhatIsOld(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *Config) { c.Retention.MaxAge, c.Retention.MaxPerFunc = 0, 2 })
	f.add("fn", voltrun.IsolationFresh)
	for range 5 {
		f.execute("fn", `{}`)
	}
	if err := f.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	page, err := f.List(t.Context(), voltrun.ExecutionFilter{OwnerID: owner}, voltrun.PageRequest{})
	if err != nil || len(page.Items) != 2 {
		t.Fatalf("%d are left, %v", len(page.Items), err)
	}
}
