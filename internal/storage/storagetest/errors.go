package storagetest

import (
	"context"
	"errors"
	"testing"

	"github.com/voltrun/voltrun"
)

func testErrors(t *testing.T, open Open) {
	w := newWorld(t, open)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.db.InsertExecutions(gone, []*voltrun.Execution{w.execution(voltrun.StatusPending)})
	wantCode(t, err, voltrun.CodeUnavailable)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the cause is lost: %v", err)
	}
	_, err = w.db.ListExecutions(gone, voltrun.ExecutionFilter{OwnerID: w.owner}, voltrun.PageRequest{})
	wantCode(t, err, voltrun.CodeUnavailable)
	// The canceled calls left nothing locked.
	w.get(w.insert(1, voltrun.StatusPending)[0].ID)
}
