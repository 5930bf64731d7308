package exec

import (
	"fmt"
	"testing"
	"time"
)

func TestCPULoadFollowsTheIdleShare(t *testing.T) {
	t.Parallel()
	var busy, idle int
	l := &cpuLoad{read: func() []byte {
		return []byte(fmt.Sprintf("cpu  %d 0 0 %d 0 0 0 0 0 0\ncpu0 1 2 3\n", busy, idle))
	}}
	now := time.Unix(1_000_000, 0)
	step := func(addBusy, addIdle int, after time.Duration) bool {
		busy, idle, now = busy+addBusy, idle+addIdle, now.Add(after)
		return l.saturated(now)
	}
	for i, c := range []struct {
		busy, idle int
		after      time.Duration
		want       bool
	}{
		{0, 0, 0, false},               // the first look knows nothing yet
		{100, 0, loadWindow, true},     // fully busy
		{0, 100, loadWindow / 2, true}, // too soon to look again
		{90, 10, loadWindow, false},    // more than half idle since the last look
		{99, 1, loadWindow, true},
		{80, 20, loadWindow, true},       // between the two shares it stays as it was
		{70, 30, loadWindow, false},      // free
		{80, 20, loadWindow, false},      // and stays so
		{100, 0, 20 * loadWindow, false}, // figures of a time long gone
		{0, 0, loadWindow, false},        // no time passed
	} {
		if got := step(c.busy, c.idle, c.after); got != c.want {
			t.Errorf("step %d: %v, want %v", i, got, c.want)
		}
	}
}

func TestCPULoadWithoutFiguresIsFree(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "cpu", "cpu a b c d e f g h", "intr 1 2 3 4 5 6 7 8 9"} {
		l := &cpuLoad{read: func() []byte { return []byte(text) }}
		if l.saturated(time.Unix(1, 0)) || l.saturated(time.Unix(2, 0)) {
			t.Errorf("%q counts as busy", text)
		}
	}
}
