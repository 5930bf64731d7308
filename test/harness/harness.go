// Package harness starts real VoltRun servers for the whole-program tests, kills and
// restarts them, and counts what they leave behind.
//
// Every life of a server has a supervisor: this test binary again, as the subreaper of
// everything the server starts. Whatever outlives the server becomes the supervisor's child
// and is seen, however often it forked, and the supervisor ends only when all of it has.
package harness

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"
)

// Patience is how long anything that must happen may take on a busy machine. It bounds hanging tests; nothing is
// expected to need it.
const Patience = 90 * time.Second

// Main runs the tests of a package that uses the harness: call it from TestMain.
func Main(m *testing.M) {
	if os.Getenv(superviseVariable) != "" {
		os.Exit(supervise())
	}
	code := m.Run()
	if err := removeBinaries(); err != nil {
		fmt.Fprintln(os.Stderr, "harness:", err)
	}
	os.Exit(code)
}

// Context ends with the test, or after a long time.
func Context(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// Eventually waits until check returns nil, and fails the test with its last error otherwise.
func Eventually(t testing.TB, what string, check func() error) {
	t.Helper()
	if err := poll(Patience, check); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// poll repeats check until it returns nil or the time is up.
func poll(patience time.Duration, check func() error) error {
	deadline := time.Now().Add(patience)
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 250*time.Millisecond) {
		err := check()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not after %v: %w", patience, err)
		}
		time.Sleep(pause)
	}
}
