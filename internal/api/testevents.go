package api

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/voltrun/voltrun"
)

// TestEvent is an input kept with a function, to try it with.
type TestEvent struct {
	Name      string          `json:"name"`
	Input     json.RawMessage `json:"input" doc:"Any JSON"`
	UpdatedAt string          `json:"updated_at" format:"date-time"`
}

type testEventsOutput struct {
	Body struct {
		Items []TestEvent `json:"items" nullable:"false"`
	}
}

func (s *Server) listTestEvents(ctx context.Context, in *FunctionRef) (*testEventsOutput, error) {
	events, err := s.Functions.TestEvents(ctx, owner(ctx), in.Ref)
	if err != nil {
		return nil, err
	}
	out := &testEventsOutput{}
	out.Body.Items = make([]TestEvent, 0, len(events))
	for _, e := range events {
		out.Body.Items = append(out.Body.Items, testEventOf(e))
	}
	return out, nil
}

// TestEventRef names a test event. A browser writes its name in percent-encoding.
type TestEventRef struct {
	FunctionRef
	Name string `path:"name" maxLength:"768" doc:"1 to 64 letters, digits, spaces, -, _ and ."`
}

// name is the decoded name; what cannot be decoded is left for the rules of names to refuse.
func (r TestEventRef) name() string {
	if name, err := url.PathUnescape(r.Name); err == nil {
		return name
	}
	return r.Name
}

type putTestEventInput struct {
	TestEventRef
	Body struct {
		Input json.RawMessage `json:"input" doc:"Any JSON up to 256 KiB"`
	}
}

type testEventOutput struct{ Body TestEvent }

func (s *Server) putTestEvent(ctx context.Context, in *putTestEventInput) (*testEventOutput, error) {
	event, err := s.Functions.PutTestEvent(ctx, owner(ctx), in.Ref, in.name(), in.Body.Input)
	if err != nil {
		return nil, err
	}
	return &testEventOutput{testEventOf(event)}, nil
}

func (s *Server) deleteTestEvent(ctx context.Context, in *TestEventRef) (*struct{}, error) {
	return nil, s.Functions.DeleteTestEvent(ctx, owner(ctx), in.Ref, in.name())
}

func testEventOf(e voltrun.TestEvent) TestEvent {
	return TestEvent{Name: e.Name, Input: e.Input, UpdatedAt: stamp(e.UpdatedAt)}
}
