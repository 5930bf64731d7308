package test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
	"github.com/voltrun/voltrun/test/harness"
)

// abuse is the stage of the hostile functions: their own user, and a neighbour who must not notice.
type abuse struct {
	*harness.Account
	server *harness.Server
}

type hostile struct {
	name    string
	file    string // below testdata/abuse
	changes []func(*client.FunctionChange)
	input   any
	check   func(t *testing.T, a *abuse, e client.Execution)
}

// TestAbuse runs hostile functions one after the other: each ends with a clear outcome on its own execution, a
// neighbour who works all the time gets nothing but right answers, and in the end nothing is left behind.
func TestAbuse(t *testing.T) {
	everyIdentity(t, func(t *testing.T, options harness.Options) {
		options.Settings = map[string]string{"MIN_IDLE": "0", "IDLE_LIMIT": "1s"}
		options.Env = []string{"SERVER_TOKEN=" + strings.Join(serverNeedle[:], "")}
		s := harness.Start(t, options)
		before := s.Census()
		neighbour := startNeighbour(t, s)
		a := &abuse{s.Register("hostile"), s}
		for _, h := range slices.Concat(exhaustion(), survival(), confinement()) {
			t.Run(h.name, func(t *testing.T) {
				f := a.DeployFile(t, "abuse/"+h.file, slices.Concat([]func(*client.FunctionChange){harness.Timeout(30_000)}, h.changes)...)
				h.check(t, &abuse{a.Account, s.For(t)}, a.Run(t, f.ID, h.input))
			})
		}
		t.Run("10-20, a neighbour is not disturbed", func(t *testing.T) { neighbour.stop(t) })
		t.Run("14, the next execution sees nothing of it", func(t *testing.T) {
			f := a.DeployFile(t, "abuse/find.py")
			if found := wantSuccess[[]string](t, a.Run(t, f.ID, nil)); len(found) > 0 {
				t.Errorf("it sees %v", found)
			}
		})
		t.Run("15, what would outlive a warm call is gone before the next", func(t *testing.T) { outliveWarm(t, a) })
		t.Run("20, nothing of the server or of others can be read", func(t *testing.T) { spy(t, s.For(t), a) })
		t.Run("22, nothing of the host's network can be reached", func(t *testing.T) { network(t, a) })
		t.Run("23, many machines at once have their own descriptors only", func(t *testing.T) { ownDescriptors(t, a, options.Rootless) })
		t.Run("nothing is left behind", func(t *testing.T) {
			s.For(t).AwaitBaseline(before)
			s.Stop()
			s.For(t).AssertNothingLeft()
		})
	})
}

// neighbour calls its own function all the time.
type neighbour struct {
	quit  chan struct{}
	done  sync.WaitGroup
	calls atomic.Int64
	fault atomic.Pointer[string]
}

func startNeighbour(t *testing.T, s *harness.Server) *neighbour {
	a := s.Register("neighbour")
	f := a.Deploy(t, "steady", `exports.handler = async (n) => { let sum = 0; for (let i = 1; i <= n; i++) sum += i; console.log("sum " + sum); return sum; }`,
		harness.Timeout(60_000))
	n := &neighbour{quit: make(chan struct{})}
	n.done.Go(func() {
		for i := 1; ; i++ {
			select {
			case <-n.quit:
				return
			default:
			}
			if err := steady(a, f.ID, i); err != nil {
				text := fmt.Sprintf("call %d: %v", i, err)
				n.fault.CompareAndSwap(nil, &text)
			}
			n.calls.Add(1)
		}
	})
	t.Cleanup(func() { n.halt() })
	return n
}

func steady(a *harness.Account, id string, i int) error {
	e, err := a.Execute(background(), id, client.ExecuteRequest{Input: fmt.Append(nil, i)})
	want := fmt.Sprint(i * (i + 1) / 2)
	switch {
	case err != nil:
		return err
	case e.Status != voltrun.StatusSuccess:
		return fmt.Errorf("it is %s: %+v", e.Status, e.Error)
	case string(e.Output) != want || e.Logs != "sum "+want+"\n":
		return fmt.Errorf("it answers %s and writes %q", e.Output, e.Logs)
	}
	return nil
}

func (n *neighbour) halt() {
	select {
	case <-n.quit:
	default:
		close(n.quit)
	}
	n.done.Wait()
}

func (n *neighbour) stop(t *testing.T) {
	n.halt()
	if fault := n.fault.Load(); fault != nil {
		t.Error(*fault)
	}
	t.Logf("%d calls", n.calls.Load())
	if n.calls.Load() < 10 {
		t.Errorf("the neighbour made only %d calls", n.calls.Load())
	}
}

// ends wants one of these outcomes, written as "status type".
func ends(outcomes ...string) func(*testing.T, *abuse, client.Execution) {
	return func(t *testing.T, _ *abuse, e client.Execution) {
		t.Helper()
		got := string(e.Status)
		if e.Error != nil {
			got += " " + e.Error.Type
			if e.Error.Message == "" {
				t.Error("the error has no message")
			}
		}
		if !slices.Contains(outcomes, got) {
			t.Errorf("it ends as %q (%+v), not as one of %q\nlogs: %.1000s", got, e.Error, outcomes, e.Logs)
		}
	}
}

const (
	timedOut    = "timeout " + voltrun.ErrorTimeout
	outOfMemory = "failed " + voltrun.ErrorOutOfMemory
	exited      = "failed " + voltrun.ErrorExit
)

// exhaustion takes more than its share.
func exhaustion() []hostile {
	short := []func(*client.FunctionChange){harness.Timeout(1500)}
	return []hostile{
		{"10, a fork bomb in Python", "fork_bomb.py", short, nil, ends(timedOut, outOfMemory)},
		{"10, a fork bomb in Node.js", "fork_bomb.js", short, nil, ends(timedOut, outOfMemory)},
		{"11, a memory bomb in Python", "memory_bomb.py", nil, nil, ends(outOfMemory)},
		{"11, a memory bomb in Node.js", "memory_bomb.js", nil, nil, ends(outOfMemory)},
		{"11, a heap bomb in Node.js", "heap_bomb.js", []func(*client.FunctionChange){harness.CPUs(1)}, nil, ends(outOfMemory)},
		{"12, a busy loop in Node.js", "busy_loop.js", short, nil, ends(timedOut)},
		{"12, a busy loop in Python", "busy_loop.py", short, nil, ends(timedOut)},
		{"12, a sleep past the timeout", "sleeper.py", short, nil, ends(timedOut)},
		{"12, every signal ignored", "deaf.py", short, nil, ends(timedOut)},
		{"12, a process that stops itself", "stop.py", short, nil, ends(timedOut)},
		{"13, a gigabyte in one line", "flood.py", []func(*client.FunctionChange){harness.CPUs(1), harness.Timeout(120_000)}, flood(false), flooded(false)},
		{"13, invalid bytes without end", "flood.py", []func(*client.FunctionChange){harness.CPUs(1), harness.Timeout(120_000)}, flood(true), flooded(true)},
		{"14, /tmp filled within the memory", "fill.py", []func(*client.FunctionChange){harness.Memory(1024)}, fill("/tmp", "bytes"), filled("ENOSPC")},
		{"14, /tmp filled beyond the memory", "fill.py", nil, fill("/tmp", "bytes"), filled("ENOSPC", "EDQUOT")},
		{"14, /dev/shm filled", "fill.py", nil, fill("/dev/shm", "bytes"), filled("ENOSPC")},
		{"14, inodes of /tmp used up", "fill.py", []func(*client.FunctionChange){harness.Memory(512)}, fill("/tmp", "files"), filled("ENOSPC")},
		{"16, threads without end", "threads.py", []func(*client.FunctionChange){harness.Memory(512)}, nil, bounded("started", 1000)},
		{"16, descriptors without end", "descriptors.js", nil, nil, bounded("opened", 1100)},
	}
}

// survival tries to live on, to lie and to break what watches it.
func survival() []hostile {
	return []hostile{
		{"15, a daemon by double fork and setsid", "outlive.py", nil, map[string]string{"how": "return"}, ends("success")},
		{"17, an exit while children hold the pipes", "outlive.py", nil, map[string]string{"how": "exit"}, func(t *testing.T, a *abuse, e client.Execution) {
			ends(exited)(t, a, e)
			if e.ExitCode == nil || *e.ExitCode != 3 {
				t.Errorf("the exit code is %v", e.ExitCode)
			}
		}},
		{"18, frames forged in Python", "forge.py", nil, nil, notForged},
		{"18, frames forged in Node.js", "forge.js", nil, nil, notForged},
		{"every process killed", "kill_all.py", nil, nil, ends(exited)},
		{"an error of megabytes", "huge_error.js", []func(*client.FunctionChange){harness.Memory(512)}, nil, func(t *testing.T, _ *abuse, e client.Execution) {
			if e.Status != voltrun.StatusFailed || e.Error == nil {
				t.Fatalf("it is %s, %+v", e.Status, e.Error)
			}
			if size := len(e.Error.Type) + len(e.Error.Message) + len(strings.Join(e.Error.Stack, "")); size > 2<<20 {
				t.Errorf("%d bytes of it are kept", size)
			}
		}},
		{"an answer that contains itself", "odd_answer.js", nil, "circular", failsSomehow},
		{"an answer that is not JSON", "odd_answer.js", nil, "bigint", failsSomehow},
		{"an answer that throws when it is read", "odd_answer.js", nil, "getter", failsSomehow},
		{"an answer of 200,000 levels", "odd_answer.js", nil, "deep", failsSomehow},
		{"an exit behind the runner's back", "odd_answer.js", nil, "exit", ends(exited)},
		{"an abort", "odd_answer.js", nil, "abort", ends(exited)},
	}
}

// confinement looks for a way out.
func confinement() []hostile {
	return []hostile{{"19 and 24, system calls and files that must be denied", "denied.py", nil, nil, denied}}
}

func failsSomehow(t *testing.T, _ *abuse, e client.Execution) {
	if e.Status != voltrun.StatusFailed || e.Error == nil || e.Error.Type == "" || e.Error.Message == "" {
		t.Errorf("it is %s: %+v, output %.200s", e.Status, e.Error, e.Output)
	}
}

const floodBytes = 1 << 30

func flood(odd bool) map[string]any {
	n := floodBytes
	if odd || testing.Short() {
		n /= 16
	}
	return map[string]any{"bytes": n, "odd": odd}
}

// flooded wants every byte accounted for, although few are kept.
func flooded(odd bool) func(*testing.T, *abuse, client.Execution) {
	return func(t *testing.T, a *abuse, e client.Execution) {
		if out := wantSuccess[int](t, e); out != flood(odd)["bytes"] {
			t.Errorf("it wrote %d bytes", out)
		}
		kept := int64(flood(odd)["bytes"].(int)) - e.LogsTruncatedBytes
		if kept < voltrun.DefaultMaxLogBytes*9/10 || kept > voltrun.DefaultMaxLogBytes {
			t.Errorf("%d bytes were dropped, so %d are kept, of at most %d", e.LogsTruncatedBytes, kept, voltrun.DefaultMaxLogBytes)
		}
		if len(e.Logs) > 3*voltrun.DefaultMaxLogBytes {
			t.Errorf("the logs have %d bytes", len(e.Logs))
		}
		logs := must(a.Logs(harness.Context(t), e.ID, 0))(t)
		if last := logs.Items[len(logs.Items)-1]; last.Stream != voltrun.StreamSystem || !strings.Contains(last.Text, "dropped") {
			t.Errorf("the last line is %+v", last)
		}
	}
}

func fill(folder, what string) map[string]string {
	return map[string]string{"folder": folder, "what": what}
}

// filled wants the function to be told, or ended because it used up its memory.
func filled(codes ...string) func(*testing.T, *abuse, client.Execution) {
	return func(t *testing.T, a *abuse, e client.Execution) {
		if e.Status != voltrun.StatusSuccess {
			ends(outOfMemory)(t, a, e)
			return
		}
		var out struct {
			Error        string
			Files, Bytes int64
		}
		if err := json.Unmarshal(e.Output, &out); err != nil || !slices.Contains(codes, out.Error) || out.Bytes > 600<<20 || out.Files > 70_000 {
			t.Errorf("it is told %s", e.Output)
		}
	}
}

// bounded wants the function to be refused before it has this many.
func bounded(what string, limit float64) func(*testing.T, *abuse, client.Execution) {
	return func(t *testing.T, a *abuse, e client.Execution) {
		if e.Status != voltrun.StatusSuccess {
			ends(outOfMemory, exited)(t, a, e)
			return
		}
		out := wantSuccess[map[string]any](t, e)
		if n, _ := out[what].(float64); n < 10 || n > limit || out["error"] == "" {
			t.Errorf("it says %v", out)
		}
	}
}

func notForged(t *testing.T, a *abuse, e client.Execution) {
	if strings.Contains(string(e.Output), "forged") {
		t.Fatalf("the answer is %s", e.Output)
	}
	ends("success", "failed "+voltrun.ErrorProtocol)(t, a, e)
	for _, line := range lines(t, a.Account, e.ID) {
		if line.Stream == voltrun.StreamSystem || strings.Contains(line.Text, "forged log") {
			t.Errorf("a line is forged: %+v", line)
		}
	}
	if e.Status == voltrun.StatusSuccess && string(e.Output) != `"genuine"` {
		t.Errorf("the answer is %s", e.Output)
	}
}

func denied(t *testing.T, _ *abuse, e client.Execution) {
	out := wantSuccess[struct {
		Load, Call   map[string]string
		Capabilities [][]string
	}](t, e)
	if len(out.Load) < 40 || len(out.Load) != len(out.Call) {
		t.Errorf("%d attempts at load, %d at call", len(out.Load), len(out.Call))
	}
	for when, results := range map[string]map[string]string{"load": out.Load, "call": out.Call} {
		for what, result := range results {
			if result == "allowed" {
				t.Errorf("at %s: %s is allowed", when, what)
			}
		}
	}
	status := map[string]string{}
	for _, line := range out.Capabilities {
		status[strings.TrimSuffix(line[0], ":")] = strings.TrimLeft(line[1], "0")
	}
	for _, set := range []string{"CapEff", "CapPrm", "CapInh", "CapAmb", "CapBnd"} {
		if status[set] != "" {
			t.Errorf("%s is %s", set, status[set])
		}
	}
	if status["NoNewPrivs"] != "1" || status["Seccomp"] != "2" {
		t.Errorf("NoNewPrivs %q, Seccomp %q", status["NoNewPrivs"], status["Seccomp"])
	}
}

func outliveWarm(t *testing.T, a *abuse) {
	f := a.DeployFile(t, "abuse/outlive.py", harness.Warm, harness.Timeout(30_000))
	wantSuccess[string](t, a.Run(t, f.ID, map[string]string{"how": "return"}))
	harness.Eventually(t, "the machine is reused", func() error {
		e := a.Run(t, f.ID, map[string]string{"how": "count"})
		if processes := wantSuccess[[]int](t, e); len(processes) > 2 {
			t.Errorf("the next call sees the processes %v", processes)
		}
		if strings.Contains(e.Logs, "still here") {
			t.Errorf("it has the output of the one before: %q", e.Logs)
		}
		if e.Start != voltrun.StartWarm {
			return errors.New("it starts " + string(e.Start))
		}
		return nil
	})
}
