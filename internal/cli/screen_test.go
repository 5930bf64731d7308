package cli

import (
	"strings"
	"testing"
	"time"
	"unicode"
)

func TestNeutralise(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain ä\n\t":        "plain ä\n\t",
		"\x1b]0;title\x07":   `\x1b]0;title\x07`,
		"\x1b[2J":            `\x1b[2J`,
		"over\rwrite":        `over\x0dwrite`,
		"windows\r\n":        "windows\n",
		"\u009b31m":          `\u009b31m`,
		"abc\u202egnp.exe":   `abc\u202egnp.exe`,
		"bad \xff byte":      "bad \ufffd byte",
		"\x1b[31mred\x1b[0m": `\x1b[31mred\x1b[0m`,
		"\x7f\x00":           `\x7f\x00`,
	} {
		if got := neutralise(in, false); got != want {
			t.Errorf("neutralise(%q) = %q, want %q", in, got, want)
		}
	}
	if got := neutralise(red+"x"+reset+"\x1b[5m", true); got != red+"x"+reset+`\x1b[5m` {
		t.Errorf("with colour: %q", got)
	}
}

func FuzzNeutralise(f *testing.F) {
	f.Add("\x1b[31m\x1b\x1b[0m\u009b")
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range neutralise(text, false) {
			if unicode.IsControl(r) && r != '\n' && r != '\t' || reorders(r) {
				t.Fatalf("%q kept %q", text, r)
			}
		}
	})
}

func TestHumanTimes(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	s := newSession(IO{Getenv: func(string) string { return "" }, Now: func() time.Time { return now }}, "")
	for d, want := range map[time.Duration]string{0: "now", 5 * time.Second: "5s ago", 90 * time.Minute: "1h ago", 72 * time.Hour: "3d ago", -2 * time.Hour: "2h from now"} {
		if got := s.ago(now.Add(-d)); got != want {
			t.Errorf("ago(%s) = %q, want %q", d, got, want)
		}
	}
	for ms, want := range map[float64]string{0.25: "0.25ms", 4.25: "4.2ms", 120: "120ms", 3000: "3s", 12_340: "12.3s", 90_000: "1m30s"} {
		if got := millis(ms); got != want {
			t.Errorf("millis(%v) = %q, want %q", ms, got, want)
		}
	}
}

func TestTableIsAligned(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	s := newSession(IO{Out: &out, Getenv: func(string) string { return "" }}, "")
	s.table([][]string{{"NAME", "X"}, {"ä", "1"}, {"long\nname", "2"}})
	if want := "NAME       X\nä          1\nlong name  2\n"; out.String() != want {
		t.Errorf("table:\n%s\nwant:\n%s", out.String(), want)
	}
}
