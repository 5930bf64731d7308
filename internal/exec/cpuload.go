package exec

import (
	"bytes"
	"os"
	"strconv"
	"time"
)

// cpuLoad tells whether this host's CPUs are all busy, from /proc/stat (proc(5)). Where that cannot be
// read they count as free. Not safe for concurrent use.
type cpuLoad struct {
	read    func() []byte // the text of /proc/stat
	sampled time.Time
	total   uint64 // time that passed on all CPUs, and the part of it that was idle, in clock ticks
	idle    uint64
	busy    bool
}

const (
	// loadWindow is how long the CPUs are watched before the answer is renewed.
	loadWindow = 100 * time.Millisecond
	// CPUs are busy once less than this share of a window was idle, until it is more than the other share.
	idleWhenBusy, idleWhenFree = 0.05, 0.25
)

func newCPULoad() *cpuLoad {
	return &cpuLoad{read: func() []byte {
		text, _ := os.ReadFile("/proc/stat") // not Linux: nil
		return text
	}}
}

// saturated reports whether all CPUs were busy lately.
func (l *cpuLoad) saturated(now time.Time) bool {
	since := now.Sub(l.sampled)
	if since < loadWindow {
		return l.busy
	}
	total, idle := parseCPUTimes(l.read())
	passed := float64(total - l.total)
	share := float64(idle-l.idle) / passed
	fresh := since < 10*loadWindow // otherwise the figures tell of a time long gone
	switch {
	case !fresh || passed <= 0 || share > idleWhenFree:
		l.busy = false
	case share < idleWhenBusy:
		l.busy = true
	}
	l.sampled, l.total, l.idle = now, total, idle
	return l.busy
}

// parseCPUTimes reads the first line, "cpu user nice system idle iowait irq softirq steal …".
func parseCPUTimes(stat []byte) (total, idle uint64) {
	line, _, _ := bytes.Cut(stat, []byte("\n"))
	fields := bytes.Fields(line)
	if len(fields) < 9 || string(fields[0]) != "cpu" {
		return 0, 0
	}
	for i, field := range fields[1:9] { // guest time, which follows, is part of user time
		ticks, err := strconv.ParseUint(string(field), 10, 64)
		if err != nil {
			return 0, 0
		}
		total += ticks
		if i == 3 || i == 4 {
			idle += ticks
		}
	}
	return total, idle
}
