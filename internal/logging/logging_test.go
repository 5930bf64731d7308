package logging

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
)

func TestJSONLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger, err := New(&out, Options{Level: "info"})
	if err != nil {
		t.Fatal(err)
	}
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
	logger, err := New(&out, Options{Level: "DEBUG", Format: "console"})
	if err != nil {
		t.Fatal(err)
	}
	logger.Debug("seen")
	if !strings.Contains(out.String(), "seen") || strings.HasPrefix(out.String(), "{") {
		t.Errorf("console line %q", out.String())
	}
}

func TestUnknownOptions(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{Level: "loud"}, {Format: "xml"}} {
		if _, err := New(&bytes.Buffer{}, o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}
