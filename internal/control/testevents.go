package control

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/voltrun/voltrun"
)

// TestEvents returns the test events of a function, by name.
func (f *Functions) TestEvents(ctx context.Context, owner, ref string) ([]voltrun.TestEvent, error) {
	fn, err := f.find(ctx, owner, ref)
	if err != nil {
		return nil, err
	}
	return f.store.TestEvents(ctx, fn.ID)
}

// PutTestEvent keeps an input under a name, in place of the one that has it. CodeConflict: the function has voltrun.MaxTestEvents.
func (f *Functions) PutTestEvent(ctx context.Context, owner, ref, name string, input json.RawMessage) (voltrun.TestEvent, error) {
	fn, err := f.find(ctx, owner, ref)
	if err != nil {
		return voltrun.TestEvent{}, err
	}
	problem := ""
	if !json.Valid(input) {
		problem = "must be JSON"
	}
	if err := voltrun.Invalid(located("path.name", voltrun.TestEventNameProblem(name), "body.input", problem)); err != nil {
		return voltrun.TestEvent{}, err
	}
	if len(input) > voltrun.MaxTestEventBytes {
		return voltrun.TestEvent{}, &voltrun.Error{Code: voltrun.CodeTooLarge,
			Message: fmt.Sprintf("the input has %d bytes; at most %d are kept", len(input), voltrun.MaxTestEventBytes)}
	}
	event := voltrun.TestEvent{FunctionID: fn.ID, Name: strings.Clone(name), Input: input, UpdatedAt: now()}
	return event, f.store.PutTestEvent(ctx, event)
}

// DeleteTestEvent removes a test event.
func (f *Functions) DeleteTestEvent(ctx context.Context, owner, ref, name string) error {
	fn, err := f.find(ctx, owner, ref)
	if err != nil {
		return err
	}
	return f.store.DeleteTestEvent(ctx, fn.ID, name)
}
