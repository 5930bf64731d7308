//go:build linux

package agent

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/wire"
)

// A host that does not read holds back the function, but not the end of its time.
func TestTimeoutWhileTheHostIsSlow(t *testing.T) {
	for _, l := range languages(t) {
		t.Run(l.name, func(t *testing.T) {
			files, handler := js(`exports.handler = async () => { for (;;) console.log('x'.repeat(1000)) }`), "index.handler"
			if !l.node {
				files, handler = py("def handler(e, c):\n    while True: print('x' * 1000)"), "f.handler"
			}
			g := start(t, l, files).mustLoad(handler)
			g.timeout = 500 * time.Millisecond
			g.send(`{}`)
			eventually(t, "the function's time ends", func() bool { return len(living(g)) == 0 })
			r := g.collect(wire.TypeResult, false)
			if r.result.Failure == nil || r.result.Failure.Type != voltrun.ErrorTimeout || r.result.Alive || r.bytes == 0 {
				t.Fatalf("%+v after %d bytes", r.result.Failure, r.bytes)
			}
		})
	}
}

// The end of an idle runtime is noticed while the loop lingers as well as later.
func TestDeathWhileIdle(t *testing.T) {
	l := languages(t)[0]
	files, handler := trivial(l)
	for name, pause := range map[string]time.Duration{"at once": 0, "lingering": time.Millisecond, "waiting": 50 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			g := start(t, l, files).mustLoad(handler)
			g.invoke(`{}`)
			time.Sleep(pause)
			if err := unix.Kill(living(g)[0], unix.SIGKILL); err != nil {
				t.Fatal(err)
			}
			g.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
			if f, err := g.wire.Read(); err == nil {
				t.Fatalf("%q from an agent without a runtime", f.Type)
			}
			if err := g.cmd.Wait(); err == nil || !strings.Contains(g.stderr.String(), ErrRuntime.Error()) {
				t.Fatalf("%v: %s", err, g.stderr.String())
			}
		})
	}
}

// In a pid namespace dead orphans are collected while a call runs, and living ones are gone once the machine is idle.
func TestOrphans(t *testing.T) {
	for _, l := range languages(t) {
		t.Run(l.name, func(t *testing.T) {
			const shell = "for i in 1 2 3 4 5 6 7 8 9 10; do (sleep 0.01 &); done; (sleep 1000 &)"
			files, handler := js(`const fs = require('fs');
exports.handler = async () => {
  require('child_process').execFileSync('/bin/sh', ['-c', '`+shell+`'], {stdio: 'ignore'});
  await new Promise(r => setTimeout(r, 300));
  return fs.readdirSync('/proc').filter(p => /^[0-9]+$/.test(p) && / Z /.test(fs.readFileSync('/proc/' + p + '/stat', 'latin1'))).length }`), "index.handler"
			if !l.node {
				files, handler = py("import os, subprocess, time\ndef handler(e, c):\n    subprocess.run(['/bin/sh', '-c', '"+shell+"'])\n    time.sleep(0.3)\n"+
					"    return sum(' Z ' in open('/proc/%s/stat' % p).read() for p in os.listdir('/proc') if p.isdigit())"), "f.handler"
			}
			g := startIsolated(t, l, files).mustLoad(handler)
			for range 3 {
				if r := g.invoke(`{}`); r.output != "0" || !r.idle {
					t.Fatalf("%s dead processes are left, failure %+v", r.output, r.result.Failure)
				}
				if left := living(g); len(left) != 1 {
					t.Fatalf("processes %v are left", left)
				}
			}
		})
	}
}

// living lists the processes below the agent that are more than a zombie.
func living(g *guest) []int {
	return slices.DeleteFunc(descendants(g.cmd.Process.Pid), func(pid int) bool { return !running(pid) })
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never happened: %s", what)
		}
	}
}
