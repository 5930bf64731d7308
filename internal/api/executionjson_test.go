package api

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/voltrun/voltrun"
)

// anyExecution draws an execution of every shape that there can be, and more.
func anyExecution(t *rapid.T) *voltrun.Execution {
	text := func(name string) string { return rapid.String().Draw(t, name) }
	moment := func(name string) time.Time {
		return time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, name)).In(time.FixedZone("here", 7200))
	}
	document := func(name string) json.RawMessage {
		return rapid.SampledFrom([]json.RawMessage{nil, []byte("null"), []byte(`{"a":[1,2,{"b":"c"}]}`), []byte("{ \"a\" :\n1e-7 }"),
			[]byte(`"<\u2028 \" é>"`), []byte("\"\u2028\""), []byte("12345678901234567890.125"), []byte(`"a b"`)}).Draw(t, name)
	}
	e := &voltrun.Execution{
		ID: text("id"), FunctionID: text("function"), FunctionName: text("name"), Version: rapid.Int().Draw(t, "version"),
		Status: voltrun.Status(text("status")), Trigger: voltrun.Trigger(text("trigger")), Start: voltrun.StartKind(text("start")),
		Attempt: rapid.Int().Draw(t, "attempt"), CreatedAt: moment("created"), Duration: time.Duration(rapid.Int64Range(0, 1e15).Draw(t, "duration")),
		Input: document("input"), Output: document("output"), Logs: text("logs"), LogsTruncatedBytes: rapid.Int64().Draw(t, "truncated"),
		MemoryPeakBytes: rapid.Int64().Draw(t, "memory"), ReplayOf: text("replay"), RequestID: text("request"),
	}
	if rapid.Bool().Draw(t, "ended") {
		started, finished, code := moment("started"), moment("finished"), rapid.Int().Draw(t, "exit")
		e.StartedAt, e.FinishedAt, e.ExitCode = &started, &finished, &code
		e.Error = &voltrun.ExecutionError{Type: text("type"), Message: text("message"), Stack: rapid.SliceOf(rapid.String()).Draw(t, "stack")}
	}
	for range rapid.IntRange(0, 4).Draw(t, "phases") {
		e.Phases = append(e.Phases, voltrun.Phase{Name: text("phase"), Duration: time.Duration(rapid.Int64Range(0, 1e13).Draw(t, "ms"))})
	}
	return e
}

func TestExecutionIsEncodedAsEncodingJSONDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := anyExecution(t)
		var want bytes.Buffer
		encoder := json.NewEncoder(&want)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(executionOf(e)); err != nil {
			t.Fatal(err)
		}
		if got := string(appendExecution(nil, e)) + "\n"; got != want.String() {
			t.Fatalf("got  %s\nwant %s", got, want.String())
		}
	})
}
