//go:build linux

package vmtest

import (
	"encoding/json"
	"testing"
	"time"
)

func (s *suite) limits(t *testing.T) {
	t.Run("memory", s.memory)
	for _, l := range []struct {
		name, code string
		max        int
	}{
		{"processes", `
import signal
def handler(event, context):
    n = 0
    try:
        while n < 2000:
            if os.fork() == 0:
                signal.pause()
            n += 1
    except OSError: pass
    return n
`, 256},
		{"threads", `
import _thread, time
def handler(event, context):
    n = 0
    _thread.stack_size(65536)
    try:
        while n < 2000:
            _thread.start_new_thread(time.sleep, (1000,)); n += 1
    except Exception: pass
    return n
`, 256},
		{"descriptors", `
def handler(event, context):
    n = 0
    try:
        while n < 100000: os.dup(0); n += 1
    except OSError: pass
    return n
`, 1024},
		{"the size of /tmp, in MB", `
def handler(event, context):
    n = 0
    try:
        with open("/tmp/f", "wb", 0) as f:
            while n < 1000: f.write(b"x" * (1 << 20)); n += 1
    except OSError: pass
    return n
`, 16},
		{"the size of /dev/shm, in MB", `
def handler(event, context):
    n = 0
    try:
        with open("/dev/shm/f", "wb", 0) as f:
            while n < 1000: f.write(b"x" * (1 << 20)); n += 1
    except OSError: pass
    return n
`, 16},
		{"the number of files in /tmp", `
def handler(event, context):
    n = 0
    try:
        while n < 200000: os.close(os.open("/tmp/%d" % n, os.O_CREAT | os.O_WRONLY)); n += 1
    except OSError: pass
    return n
`, 65536},
	} {
		t.Run(l.name, func(t *testing.T) {
			a := s.run(t, prelude+l.code)
			var n int
			if err := json.Unmarshal(a.OK, &n); err != nil {
				t.Fatalf("%v: %s %s", err, a.OK, a.Error)
			}
			if n < 1 || n > l.max {
				t.Errorf("got %d, want at most %d", n, l.max)
			}
		})
	}
}

// memory: the machine that takes too much dies of it and says so; the one beside it goes on.
func (s *suite) memory(t *testing.T) {
	neighbour := boot(t, s.driver, s.spec)
	defer neighbour.destroy(t)
	neighbour.load(t, deploy(t, s.store, "def handler(event, context):\n    return event\n"))
	g := boot(t, s.driver, s.spec)
	defer g.destroy(t)
	g.load(t, deploy(t, s.store, "def handler(event, context):\n    x = []\n    while True: x.append(bytearray(b'x' * (1 << 20)))\n"))
	g.invokeDying(t)
	deadline := time.After(patience)
	for tick := time.NewTicker(5 * time.Millisecond); g.Usage().OOMKills == 0; {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("usage %+v does not tell of it", g.Usage())
		}
	}
	if peak := g.Usage().MemoryPeakBytes; peak < 100<<20 {
		t.Errorf("peak %d bytes", peak)
	}
	if a, _ := neighbour.invoke(t, "1"); string(a.OK) != "1" {
		t.Errorf("the neighbour says %s %s", a.OK, a.Error)
	}
}
