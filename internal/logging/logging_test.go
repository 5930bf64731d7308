package logging

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
)

// start makes a logger; end writes what it has gathered.
func start(t *testing.T, out io.Writer, o Options) (logger *zap.Logger, end func()) {
	t.Helper()
	logger, stop, err := New(out, o)
	if err != nil {
		t.Fatal(err)
	}
	end = func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(end)
	return logger, end
}

func TestWarningsAreWrittenAtOnceAfterAllBeforeThem(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger, end := start(t, &out, Options{})
	logger = logger.With(zap.String("part", "test"))
	logger.Warn("first")
	if !strings.Contains(out.String(), "first") {
		t.Error("a warning waits")
	}
	logger.Info("second")
	end()
	if lines := strings.Split(out.String(), "\n"); len(lines) != 3 || !strings.Contains(lines[1], "second") || !strings.Contains(lines[1], `"part":"test"`) {
		t.Errorf("lines %q", lines)
	}
}

func TestEntriesAreWrittenSoonWithoutAWarning(t *testing.T) {
	t.Parallel()
	read, write := io.Pipe()
	logger, _ := start(t, write, Options{})
	logger.Info("alone")
	line := make([]byte, 512)
	n, err := read.Read(line) // waits for the flush
	if err != nil || !strings.Contains(string(line[:n]), "alone") {
		t.Errorf("%q, %v", line[:n], err)
	}
}

func TestJSONLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger, _ := start(t, &out, Options{Level: "info"})
	logger.Debug("hidden")
	logger.Warn("line\nfeed", zap.String("request_id", "req_1"), zap.Duration("duration", 1500*time.Millisecond))
	if n := strings.Count(out.String(), "\n"); n != 1 {
		t.Fatalf("%d lines: %s", n, out.String())
	}
	var entry map[string]any
	if err := json.Unmarshal(out.Bytes(), &entry); err != nil {
		t.Fatal(err)
	}
	if entry["level"] != "warn" || entry["message"] != "line\nfeed" || entry["request_id"] != "req_1" || entry["duration"] != 1.5 {
		t.Errorf("entry %v", entry)
	}
	if _, err := time.Parse("2006-01-02T15:04:05.000Z", entry["time"].(string)); err != nil {
		t.Error(err)
	}
}

func TestConsole(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger, end := start(t, &out, Options{Level: "DEBUG", Format: "console"})
	logger.Debug("seen")
	end()
	if !strings.Contains(out.String(), "seen") || strings.HasPrefix(out.String(), "{") {
		t.Errorf("console line %q", out.String())
	}
}

func TestUnknownOptions(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{Level: "loud"}, {Format: "xml"}} {
		if _, _, err := New(&bytes.Buffer{}, o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}
