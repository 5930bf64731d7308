package storagetest

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

func testTestEvents(t *testing.T, open Open) {
	w := newWorld(t, open)
	fn := w.create("tried", nil)
	event := func(name, input string, at time.Duration) voltrun.TestEvent {
		return voltrun.TestEvent{FunctionID: fn.ID, Name: name, Input: []byte(input), UpdatedAt: after(at)}
	}
	put := func(e voltrun.TestEvent) error { return w.db.PutTestEvent(context.Background(), e) }
	list := func(want ...voltrun.TestEvent) {
		t.Helper()
		got, err := w.db.TestEvents(t.Context(), fn.ID)
		must(t, err)
		if len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
	}
	list()
	a, b := event("an order", `{"n":1e400,"ü":"\\u0000"}`, 0), event("Größe", "null", time.Second)
	must(t, put(a))
	must(t, put(b))
	list(b, a) // by the bytes of the name
	a = event("an order", "[]", time.Minute)
	must(t, put(a))
	list(b, a)
	wantCode(t, w.db.DeleteTestEvent(t.Context(), fn.ID, "An order"), voltrun.CodeNotFound)
	wantCode(t, w.db.DeleteTestEvent(t.Context(), fn.ID, "\x00"), voltrun.CodeNotFound)
	must(t, w.db.DeleteTestEvent(t.Context(), fn.ID, b.Name))
	list(a)

	var group sync.WaitGroup
	errs := make([]error, voltrun.MaxTestEvents+3)
	for i := range errs {
		group.Go(func() { errs[i] = put(event(fmt.Sprintf("%03d", i), "1", 0)) })
	}
	group.Wait()
	refused := 0
	for _, err := range errs {
		if err != nil {
			wantCode(t, err, voltrun.CodeConflict)
			refused++
		}
	}
	if got, err := w.db.TestEvents(t.Context(), fn.ID); err != nil || len(got) != voltrun.MaxTestEvents || refused != 4 {
		t.Fatalf("%d events, %d refused, %v", len(got), refused, err)
	}
	must(t, put(event("an order", "2", 0))) // replacing is no further one
	must(t, w.db.DeleteFunction(t.Context(), w.owner, fn.ID, start))
	list()
	wantCode(t, put(a), voltrun.CodeNotFound)
}
