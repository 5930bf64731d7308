package storagetest

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

func testExecutions(t *testing.T, open Open) {
	w := newWorld(t, open)
	sub := func(name string, test func(t *testing.T, w *world)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, &world{TB: t, db: w.db, owner: voltrun.NewID(voltrun.PrefixUser), function: voltrun.NewID(voltrun.PrefixFunction)})
		})
	}
	sub("every field survives", everyFieldSurvives)
	sub("no bytes are nil", noBytesAreNil)
	sub("batches of every size", batches)
	sub("a taken id is a conflict and undoes the batch", takenID)
	sub("idempotency keys", idempotencyKeys)
	sub("racing idempotency keys", racingKeys)
	sub("record everything at once", recordAtOnce)
	sub("record all or nothing", recordAllOrNothing)
	sub("finish", finish)
	sub("finish twice in one batch", finishTwiceInOneBatch)
	sub("finish of an old attempt", finishOldAttempt)
	sub("racing finishes", racingFinishes)
	sub("terminal never changes", terminalNeverChanges)
	sub("cancel pending", cancelPending)
	sub("another owner's is not found", foreignExecution)
}

// hostile is text and bytes that databases like to trip over.
const hostile = "a\x00b 'quote' \"double\" \\ %_ ☃ 𝄞 \u202e </script> \r\n ?"

func fullExecution(w *world) *voltrun.Execution {
	return &voltrun.Execution{
		ID: voltrun.NewID(voltrun.PrefixExecution), OwnerID: w.owner, FunctionID: w.function, FunctionName: "größe", Version: 7,
		Status: voltrun.StatusFailed, Trigger: voltrun.TriggerReplay, Start: voltrun.StartRestored,
		Input: []byte("\"\x00\xff" + hostile + `"`), Output: []byte("\xfe\x00"),
		Error:              &voltrun.ExecutionError{Type: "Type" + hostile, Message: hostile, Stack: []string{"at x (y.js:1)", hostile}},
		ExitCode:           ptr(-9),
		LogsTruncatedBytes: 1 << 40, MemoryPeakBytes: 1<<62 + 1,
		CreatedAt: start, StartedAt: ptr(after(time.Microsecond)), FinishedAt: ptr(after(2 * time.Microsecond)), Duration: 1234567 * time.Microsecond,
		Phases:   []voltrun.Phase{{Name: "admit", Duration: time.Microsecond}, {Name: "handler", Duration: 15 * time.Minute}},
		ReplayOf: "exe_1", RequestID: "req_1", IdempotencyKey: "key ☃",
		Attempt: 2, MaxAttempts: 3, Worker: "node_1", LeaseUntil: ptr(after(time.Hour)),
	}
}

func everyFieldSurvives(t *testing.T, w *world) {
	want := fullExecution(w)
	w.put(want)
	if got := w.get(want.ID); !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
	byKey, err := w.db.ExecutionByIdempotencyKey(t.Context(), w.owner, w.function, want.IdempotencyKey)
	must(t, err)
	if byKey.ID != want.ID {
		t.Fatalf("by key: got %s, want %s", byKey.ID, want.ID)
	}
	bare := &voltrun.Execution{ID: voltrun.NewID(voltrun.PrefixExecution), OwnerID: w.owner, Status: voltrun.StatusPending, CreatedAt: start}
	w.put(bare)
	if got := w.get(bare.ID); !reflect.DeepEqual(got, bare) {
		t.Fatalf("got  %+v\nwant %+v", got, bare)
	}
	_, err = w.db.ExecutionByIdempotencyKey(t.Context(), w.owner, "", "")
	wantCode(t, err, voltrun.CodeNotFound)
}

func noBytesAreNil(t *testing.T, w *world) {
	e := w.execution(voltrun.StatusRunning)
	e.Input = []byte{}
	w.put(e)
	w.finish(ended(e, voltrun.StatusSuccess))
	if got := w.get(e.ID); got.Input != nil || got.Output != nil {
		t.Fatalf("input %#v, output %#v; want nil", got.Input, got.Output)
	}
}

func batches(t *testing.T, w *world) {
	for _, n := range []int{0, 1, 2, 3, 31, 32, 33, 127, 200} {
		rows := w.insert(n, voltrun.StatusRunning)
		for i, e := range rows {
			rows[i] = ended(e, voltrun.StatusSuccess)
			rows[i].Output = []byte(e.ID)
		}
		if written := w.finish(rows...); len(written) != n || slices.Contains(written, false) {
			t.Fatalf("finishing %d rows: %v", n, written)
		}
		for _, e := range rows {
			if got := w.get(e.ID); got.Status != voltrun.StatusSuccess || string(got.Output) != e.ID || got.LeaseUntil != nil {
				t.Fatalf("in a batch of %d: got %+v", n, got)
			}
		}
	}
}

func takenID(t *testing.T, w *world) {
	first := w.insert(1, voltrun.StatusPending)[0]
	again, other := w.execution(voltrun.StatusRunning), w.execution(voltrun.StatusPending)
	again.ID = first.ID
	_, err := w.db.InsertExecutions(t.Context(), []*voltrun.Execution{other, again, w.execution(voltrun.StatusPending)})
	wantCode(t, err, voltrun.CodeConflict)
	if got := w.get(first.ID); got.Status != voltrun.StatusPending {
		t.Fatalf("the earlier row became %s", got.Status)
	}
	_, err = w.db.Execution(t.Context(), w.owner, other.ID)
	wantCode(t, err, voltrun.CodeNotFound)
}

func recordAtOnce(t *testing.T, w *world) {
	keyed := w.execution(voltrun.StatusSuccess)
	keyed.IdempotencyKey = "key"
	w.put(keyed)
	again := w.execution(voltrun.StatusSuccess)
	again.IdempotencyKey = "key"
	running, stale := w.insert(1, voltrun.StatusRunning)[0], w.insert(1, voltrun.StatusRunning)[0]
	stale.Attempt = 7
	both := w.execution(voltrun.StatusRunning) // begins and ends in one batch
	logs := map[string][]voltrun.LogLine{running.ID: lines(1, 3, "x"), both.ID: lines(1, 2, "y"), stale.ID: nil}
	earlier, written, err := w.db.Record(t.Context(), []*voltrun.Execution{again, both},
		[]*voltrun.Execution{ended(running, voltrun.StatusSuccess), ended(stale, voltrun.StatusFailed), ended(both, voltrun.StatusTimeout)}, logs)
	must(t, err)
	if !slices.Equal(earlier, []string{keyed.ID, ""}) || !slices.Equal(written, []bool{true, false, true}) {
		t.Fatalf("earlier %v, written %v", earlier, written)
	}
	if w.get(running.ID).Status != voltrun.StatusSuccess || w.get(stale.ID).Status != voltrun.StatusRunning || w.get(both.ID).Status != voltrun.StatusTimeout {
		t.Fatal("not every end is recorded as it was reported")
	}
	if len(w.logs(running.ID, 0, 0)) != 3 || len(w.logs(both.ID, 0, 0)) != 2 || len(w.logs(stale.ID, 0, 0)) != 0 {
		t.Fatal("the lines are not those of the batch")
	}
	earlier, written, err = w.db.Record(t.Context(), nil, nil, nil)
	if err != nil || len(earlier)+len(written) != 0 {
		t.Fatalf("nothing to record: %v, %v, %v", earlier, written, err)
	}
}

func recordAllOrNothing(t *testing.T, w *world) {
	taken, running := w.insert(1, voltrun.StatusPending)[0], w.insert(1, voltrun.StatusRunning)[0]
	_, _, err := w.db.Record(t.Context(), []*voltrun.Execution{w.execution(voltrun.StatusSuccess), taken},
		[]*voltrun.Execution{ended(running, voltrun.StatusSuccess)}, map[string][]voltrun.LogLine{running.ID: lines(1, 3, "x")})
	wantCode(t, err, voltrun.CodeConflict)
	if w.get(running.ID).Status != voltrun.StatusRunning || len(w.logs(running.ID, 0, 0)) != 0 || len(w.list(voltrun.ExecutionFilter{}, 50, func() {})) != 2 {
		t.Fatal("a part of the batch was recorded")
	}
}

func idempotencyKeys(t *testing.T, w *world) {
	keyed := func(key string) *voltrun.Execution {
		e := w.execution(voltrun.StatusPending)
		e.IdempotencyKey = key
		return e
	}
	a, b, plain := keyed("a"), keyed("b"), w.execution(voltrun.StatusPending)
	if earlier := w.put(a, plain, b); !slices.Equal(earlier, []string{"", "", ""}) {
		t.Fatalf("first: %q", earlier)
	}
	again, twice, otherFunction := keyed("a"), keyed("c"), keyed("a")
	otherFunction.FunctionID = voltrun.NewID(voltrun.PrefixFunction)
	c, d := keyed("c"), w.execution(voltrun.StatusPending)
	if earlier := w.put(d, again, c, twice, otherFunction); !slices.Equal(earlier, []string{"", a.ID, "", c.ID, ""}) {
		t.Fatalf("second: %q, want the ids of the earlier %s and %s", earlier, a.ID, c.ID)
	}
	for _, left := range []*voltrun.Execution{again, twice} {
		_, err := w.db.Execution(t.Context(), w.owner, left.ID)
		wantCode(t, err, voltrun.CodeNotFound)
	}
	w.get(d.ID)
}

func racingKeys(t *testing.T, w *world) {
	const callers = 8
	var group sync.WaitGroup
	rows, earlier, errs := make([]*voltrun.Execution, callers), make([]string, callers), make([]error, callers)
	for i := range callers {
		rows[i] = w.execution(voltrun.StatusPending)
		rows[i].IdempotencyKey = "one"
		group.Go(func() {
			got, err := w.db.InsertExecutions(context.Background(), []*voltrun.Execution{rows[i]})
			if errs[i] = err; err == nil {
				earlier[i] = got[0]
			}
		})
	}
	group.Wait()
	winner, err := w.db.ExecutionByIdempotencyKey(t.Context(), w.owner, w.function, "one")
	must(t, err)
	for i, id := range earlier {
		must(t, errs[i])
		if won := rows[i].ID == winner.ID; won != (id == "") || !won && id != winner.ID {
			t.Fatalf("caller %d inserted %s and heard %q; the winner is %s", i, rows[i].ID, id, winner.ID)
		}
	}
}

func finish(t *testing.T, w *world) {
	e := w.insert(1, voltrun.StatusRunning)[0]
	want := fullExecution(w)
	want.ID, want.Attempt = e.ID, 1
	if !w.finish(want)[0] {
		t.Fatal("not written")
	}
	// What an end does not decide stays as it was inserted.
	want.FunctionName, want.Version, want.Trigger, want.Input, want.LeaseUntil = e.FunctionName, e.Version, e.Trigger, e.Input, nil
	want.ReplayOf, want.RequestID, want.IdempotencyKey, want.MaxAttempts, want.Worker = "", "", "", e.MaxAttempts, e.Worker
	if got := w.get(e.ID); !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
	pending := w.insert(1, voltrun.StatusPending)[0]
	if w.finish(ended(pending, voltrun.StatusSuccess))[0] {
		t.Fatal("a pending execution became success without running")
	}
	if !w.finish(ended(pending, voltrun.StatusCanceled))[0] || w.get(pending.ID).Status != voltrun.StatusCanceled {
		t.Fatal("a pending execution was not canceled")
	}
	if w.finish(ended(w.execution(voltrun.StatusRunning), voltrun.StatusSuccess))[0] {
		t.Fatal("an execution that does not exist was written")
	}
	_, err := w.db.FinishExecutions(t.Context(), []*voltrun.Execution{w.execution(voltrun.StatusRunning)})
	wantCode(t, err, voltrun.CodeInternal)
}

func finishTwiceInOneBatch(t *testing.T, w *world) {
	rows := w.insert(2, voltrun.StatusRunning)
	old := ended(rows[1], voltrun.StatusFailed)
	old.Attempt = 0
	written := w.finish(ended(rows[0], voltrun.StatusTimeout), ended(rows[0], voltrun.StatusSuccess), old, ended(rows[1], voltrun.StatusSuccess))
	if !slices.Equal(written, []bool{true, false, false, true}) {
		t.Fatalf("written %v", written)
	}
	if a, b := w.get(rows[0].ID).Status, w.get(rows[1].ID).Status; a != voltrun.StatusTimeout || b != voltrun.StatusSuccess {
		t.Fatalf("got %s and %s", a, b)
	}
}

func finishOldAttempt(t *testing.T, w *world) {
	e := w.insert(1, voltrun.StatusRunning)[0]
	changed, err := w.db.ExpireLeases(t.Context(), start, []string{"w1"})
	must(t, err)
	if !slices.Contains(idsOf(changed), e.ID) {
		t.Fatal("the dead worker's execution did not expire")
	}
	if w.finish(ended(e, voltrun.StatusSuccess))[0] {
		t.Fatal("finished by a worker that had lost it")
	}
	second, err := w.db.ClaimExecution(t.Context(), e.ID, "w2", nil, start, after(time.Minute))
	must(t, err)
	if second == nil || second.Attempt != 2 {
		t.Fatalf("claimed %+v", second)
	}
	if w.finish(ended(e, voltrun.StatusSuccess))[0] {
		t.Fatal("attempt 1 finished attempt 2")
	}
	if !w.finish(ended(second, voltrun.StatusSuccess))[0] {
		t.Fatal("the holder could not finish")
	}
}

func racingFinishes(t *testing.T, w *world) {
	statuses := []voltrun.Status{voltrun.StatusSuccess, voltrun.StatusFailed, voltrun.StatusTimeout, voltrun.StatusCanceled}
	rows := w.insert(40, voltrun.StatusRunning)
	var group sync.WaitGroup
	written, errs := make([][]bool, len(statuses)), make([]error, len(statuses))
	for i, status := range statuses {
		ends := make([]*voltrun.Execution, len(rows))
		for j := range rows {
			// Every caller has an order of its own.
			ends[j] = ended(rows[(j*(2*i+3))%len(rows)], status)
		}
		slices.SortFunc(ends, func(a, b *voltrun.Execution) int { return strings.Compare(a.ID, b.ID) * (1 - i%2*2) })
		ends = slices.CompactFunc(ends, func(a, b *voltrun.Execution) bool { return a.ID == b.ID })
		group.Go(func() {
			got, err := w.db.FinishExecutions(context.Background(), ends)
			errs[i] = err
			written[i] = make([]bool, len(rows))
			for j, ok := range got {
				written[i][slices.IndexFunc(rows, func(e *voltrun.Execution) bool { return e.ID == ends[j].ID })] = ok
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		must(t, err)
	}
	for j, e := range rows {
		var winners []voltrun.Status
		for i, status := range statuses {
			if written[i][j] {
				winners = append(winners, status)
			}
		}
		if got := w.get(e.ID).Status; len(winners) > 1 || len(winners) == 1 && winners[0] != got || len(winners) == 0 && got != voltrun.StatusRunning {
			t.Fatalf("execution %d is %s and %v were told that they wrote it", j, got, winners)
		}
	}
	if w.get(rows[0].ID).Status == voltrun.StatusRunning {
		t.Fatal("nobody finished the first")
	}
}

func terminalNeverChanges(t *testing.T, w *world) {
	for _, status := range voltrun.Statuses {
		if !status.Terminal() {
			continue
		}
		e := w.insert(1, status)[0]
		before := w.get(e.ID)
		for _, next := range voltrun.Statuses[2:] {
			if w.finish(ended(e, next))[0] {
				t.Fatalf("%s became %s", status, next)
			}
		}
		if claimed, err := w.db.ClaimExecution(t.Context(), e.ID, "w", nil, start, after(time.Minute)); err != nil || claimed != nil {
			t.Fatalf("claimed %v, %v", claimed, err)
		}
		if canceled, err := w.db.CancelPending(t.Context(), e.ID, start); err != nil || canceled {
			t.Fatalf("canceled %v, %v", canceled, err)
		}
		if lost, err := w.db.RenewLeases(t.Context(), e.Worker, map[string]int{e.ID: e.Attempt}, after(time.Minute)); err != nil || len(lost) != 1 {
			t.Fatalf("renewed: lost %v, %v", lost, err)
		}
		if got := w.get(e.ID); !reflect.DeepEqual(got, before) {
			t.Fatalf("got  %+v\nwant %+v", got, before)
		}
	}
}

func cancelPending(t *testing.T, w *world) {
	e := w.insert(1, voltrun.StatusPending)[0]
	if canceled, err := w.db.CancelPending(t.Context(), e.ID, after(time.Second)); err != nil || !canceled {
		t.Fatalf("canceled %v, %v", canceled, err)
	}
	got := w.get(e.ID)
	if got.Status != voltrun.StatusCanceled || !got.FinishedAt.Equal(after(time.Second)) || got.Error == nil || got.Error.Type != voltrun.ErrorCanceled {
		t.Fatalf("got %+v", got)
	}
	running := w.insert(1, voltrun.StatusRunning)[0]
	if canceled, err := w.db.CancelPending(t.Context(), running.ID, start); err != nil || canceled {
		t.Fatalf("canceled a running one: %v, %v", canceled, err)
	}
}

func foreignExecution(t *testing.T, w *world) {
	e := w.insert(1, voltrun.StatusPending)[0]
	for _, ask := range [][2]string{{"usr_other", e.ID}, {w.owner, "exe_none"}, {w.owner, "a\x00b"}, {w.owner, "\xff"}, {"", e.ID}} {
		_, err := w.db.Execution(t.Context(), ask[0], ask[1])
		wantCode(t, err, voltrun.CodeNotFound)
	}
	_, err := w.db.ExecutionByIdempotencyKey(t.Context(), w.owner, w.function, "\x00")
	wantCode(t, err, voltrun.CodeNotFound)
}
