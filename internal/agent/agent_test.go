//go:build linux

package agent

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// trivial is the smallest function of a language.
func trivial(l language) (map[string]string, string) {
	if l.node {
		return map[string]string{"index.js": `exports.handler = async (event) => ({ got: event });`}, "index.handler"
	}
	return map[string]string{"f.py": "def handler(event, context):\n    return {'got': event}\n"}, "f.handler"
}

func TestInvoke(t *testing.T) {
	for _, l := range languages(t) {
		t.Run(l.name, func(t *testing.T) {
			files, handler := trivial(l)
			t.Run("child", func(t *testing.T) { invokeMany(t, start(t, l, files).mustLoad(handler)) })
			t.Run("pid 1", func(t *testing.T) { invokeMany(t, startIsolated(t, l, files).mustLoad(handler)) })
		})
	}
}

func invokeMany(t *testing.T, g *guest) {
	for range 1000 {
		r := g.invoke(`{"a":[1,"ü"]}`)
		if r.result.Failure != nil || (r.output != `{"got":{"a":[1,"ü"]}}` && r.output != `{"got": {"a": [1, "ü"]}}`) || !r.idle {
			t.Fatalf("%+v %+v", r, r.result.Failure)
		}
	}
}

func BenchmarkInvoke(b *testing.B) {
	for _, l := range languages(b) {
		b.Run(l.name, func(b *testing.B) {
			files, handler := trivial(l)
			g := startIsolated(b, l, files).mustLoad(handler)
			b.Logf("boot %d µs", g.hello.BootUS)
			for range 3000 { // the runtime compiles what runs often
				g.invoke(`{"a":1}`)
			}
			agent := g.cmd.Process.Pid
			runtime := children(agent)[0]
			agentBefore, runtimeBefore := cpuTime(b, agent), cpuTime(b, runtime)
			for b.Loop() {
				g.invoke(`{"a":1}`)
			}
			b.ReportMetric(float64(cpuTime(b, agent)-agentBefore)/1e3/float64(b.N), "agent-µs/op")
			b.ReportMetric(float64(cpuTime(b, runtime)-runtimeBefore)/1e3/float64(b.N), "runtime-µs/op")
		})
	}
}

// cpuTime is what the threads of a process took so far, in nanoseconds; ticks would be too coarse.
func cpuTime(b *testing.B, pid int) (total int64) {
	b.Helper()
	for _, file := range glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid)) {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // the thread ended
		}
		var ns int64
		if _, err := fmt.Sscan(string(text), &ns); err != nil {
			b.Fatal(err)
		}
		total += ns
	}
	return total
}

// Work that an invocation left behind goes on at the next one, and what it writes is its own.
func TestLateOutput(t *testing.T) {
	for _, l := range languages(t) {
		t.Run(l.name, func(t *testing.T) {
			files := py("import threading\nlater = threading.Event()\ndone = threading.Event()\ndef work():\n    later.wait()\n    print('late')\n    done.set()\n" +
				"def handler(e, c):\n    if e == 1:\n        threading.Thread(target=work, daemon=True).start()\n    else:\n        later.set()\n        done.wait()\n        print('mine')\n")
			handler := "f.handler"
			if l.node {
				files = js(`let wake, done; exports.handler = async (e) => {
  if (e === 1) { new Promise(r => { wake = r }).then(() => { console.log('late'); done() }); return }
  const finished = new Promise(r => { done = r }); setTimeout(wake, 1); await finished; console.log('mine') }`)
				handler = "index.handler"
			}
			g := start(t, l, files).mustLoad(handler)
			if r := g.invoke(`1`); r.result.Failure != nil {
				t.Fatal(r.result.Failure)
			}
			r := g.invoke(`2`)
			if r.result.Failure != nil || r.logs[1] != "late\n" || r.logs[2] != "mine\n" {
				t.Fatalf("%+v %v", r.result.Failure, r.logs)
			}
		})
	}
}

// One line of a gigabyte goes through, in memory that does not grow with it.
func TestFlood(t *testing.T) {
	for _, l := range languages(t)[:1] {
		files, handler := js(`const b = Buffer.alloc(1 << 20, 120); exports.handler = async () => { for (let i = 0; i < 1024; i++) process.stdout.write(b) }`), "index.handler"
		if !l.node {
			files, handler = py("import os\ndef handler(e, c):\n    b = b'x' * (1 << 20)\n    for _ in range(1024): os.write(1, b)"), "f.handler"
		}
		g := start(t, l, files)
		g.timeout = 5 * time.Minute
		g.mustLoad(handler)
		r := g.invoke(`{}`)
		if r.result.Failure != nil || r.bytes != 1<<30 {
			t.Fatalf("%+v, %d bytes", r.result.Failure, r.bytes)
		}
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", g.cmd.Process.Pid))
		if err != nil {
			t.Fatal(err)
		}
		_, peak, _ := strings.Cut(string(status), "VmHWM:")
		var kb int
		fmt.Sscan(peak, &kb)
		if kb == 0 || kb > 64<<10 {
			t.Errorf("the agent took %d kB", kb)
		}
	}
}

func TestPing(t *testing.T) {
	l := languages(t)[0]
	files, handler := trivial(l)
	g := start(t, l, files).mustLoad(handler)
	if err := g.wire.WriteEmpty('P'); err != nil {
		t.Fatal(err)
	}
	if f := g.read(); f.Type != 'p' {
		t.Fatalf("%q instead of Pong", f.Type)
	}
}
