// Package test holds the whole-program tests: a real server, real machines, and nothing
// of the program but its doors. Each test is named for what it guarantees.
package test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
	"github.com/voltrun/voltrun/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// echo answers its input, in both languages.
const (
	echoNode   = `exports.handler = async (event) => event;`
	echoPython = "def lambda_handler(event, context):\n    return event\n"
)

// languages are what every function must be writable in.
var languages = []struct {
	name, echo string
	change     func(*client.FunctionChange)
}{
	{"nodejs", echoNode, func(*client.FunctionChange) {}},
	{"python", echoPython, harness.Python},
}

// wantSuccess checks an execution and decodes its output.
func wantSuccess[T any](t testing.TB, e client.Execution) T {
	t.Helper()
	var output T
	if e.Status != voltrun.StatusSuccess {
		t.Fatalf("execution %s is %s: %+v\nlogs: %.2000s", e.ID, e.Status, e.Error, e.Logs)
	}
	if err := json.Unmarshal(e.Output, &output); err != nil {
		t.Fatalf("output %s: %v", e.Output, err)
	}
	return output
}

// wantFailure checks that the function failed, and how.
func wantFailure(t testing.TB, e client.Execution, status voltrun.Status, kinds ...string) {
	t.Helper()
	if e.Status != status {
		t.Fatalf("execution %s is %s, not %s: %+v\nlogs: %.2000s", e.ID, e.Status, status, e.Error, e.Logs)
	}
	if e.Error == nil || e.Error.Type == "" || e.Error.Message == "" {
		t.Fatalf("the error says too little: %+v", e.Error)
	}
	for _, kind := range kinds {
		if e.Error.Type == kind {
			return
		}
	}
	t.Errorf("the error is of type %q (%s), not one of %q", e.Error.Type, e.Error.Message, kinds)
}

func code(t testing.TB, err error, want voltrun.Code) {
	t.Helper()
	if got := client.CodeOf(err); got != want {
		t.Errorf("got code %q (%v), want %q", got, err, want)
	}
}

func background() context.Context { return context.Background() }
