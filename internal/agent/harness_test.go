//go:build linux

package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/voltrun/voltrun/internal/wire"
	"golang.org/x/sys/unix"
)

// The agent under test is this test binary, started again: it waits for every child of
// its process, which must not be the tests' own.
const agentEnv = "VOLTRUN_TEST_AGENT"

func TestMain(m *testing.M) {
	if text := os.Getenv(agentEnv); text != "" {
		os.Exit(agentMain(text))
	}
	os.Exit(m.Run())
}

// agentSetup is what the tests tell the agent.
type agentSetup struct {
	Command []string
	Env     []string
	Code    string
	PID1    bool // in a pid namespace of its own, as in a container
}

type plainEnvironment struct{ code string }

func (e plainEnvironment) AttachCode(digest string) (string, error) {
	if digest != "code" {
		return "", fmt.Errorf("no code %q", digest)
	}
	return e.code, nil
}
func (e plainEnvironment) Start(cmd *exec.Cmd) error { return cmd.Start() }

func agentMain(text string) int {
	var s agentSetup
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		panic(err)
	}
	syscall.CloseOnExec(3)
	if err := syscall.SetNonblock(3, true); err != nil {
		panic(err)
	}
	if s.PID1 {
		if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
			panic(err)
		}
	}
	config := Config{Conn: os.NewFile(3, "host"), Env: plainEnvironment{s.Code}, Command: s.Command, RuntimeEnv: s.Env, PID1: s.PID1}
	if err := Run(config); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// language is one runtime found on this host, with the runner from the tree.
type language struct {
	name    string
	command []string
	node    bool
	major   int
}

func languages(t testing.TB) []language {
	t.Helper()
	var found []language
	abs := func(p string) string { a, _ := filepath.Abs(p); return a }
	nodes := append([]string{"/usr/bin/node"}, glob("../../build/runtimes/node*/bin/node")...)
	for _, bin := range nodes {
		out, err := exec.Command(bin, "--version").Output()
		if err != nil {
			continue
		}
		var major int
		fmt.Sscanf(string(out), "v%d", &major)
		if major < 20 {
			continue
		}
		found = append(found, language{fmt.Sprintf("node%d", major), []string{abs(bin), "--max-old-space-size=115", abs("../lang/node/runner.cjs")}, true, major})
	}
	for _, bin := range []string{"/usr/bin/python3"} {
		if _, err := os.Stat(bin); err == nil {
			found = append(found, language{"python", []string{bin, "-I", "-S", "-B", "-X", "utf8", abs("../lang/python/runner.py")}, false, 3})
		}
	}
	if len(found) == 0 {
		t.Skip("no Node.js 20 or Python 3 on this host")
	}
	return found
}

func glob(pattern string) []string { found, _ := filepath.Glob(pattern); return found }

// guest is a started agent, seen from the host.
type guest struct {
	t       testing.TB
	wire    *wire.Conn
	conn    net.Conn
	cmd     *exec.Cmd
	hello   wire.Hello
	next    uint32
	stderr  strings.Builder
	timeout time.Duration
}

// reply is what one load or invocation came to.
type reply struct {
	result wire.Result
	loaded wire.Loaded
	output string
	logs   map[uint32]string // both streams in order
	stream map[wire.LogStream]string
	idle   bool
	err    error
	bytes  int64
}

func start(t testing.TB, l language, files map[string]string) *guest {
	t.Helper()
	return startDir(t, l, folder(t, files))
}

// startIsolated starts the agent as the first process of a pid namespace.
func startIsolated(t testing.TB, l language, files map[string]string) *guest {
	t.Helper()
	if !mayIsolate() {
		t.Skip("this host gives no pid namespace")
	}
	return startAgent(t, agentSetup{Command: l.command, Code: folder(t, files), PID1: true})
}

func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	code := t.TempDir()
	for name, text := range files {
		path := filepath.Join(code, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return code
}

func startDir(t testing.TB, l language, code string) *guest {
	t.Helper()
	return startAgent(t, agentSetup{Command: l.command, Code: code})
}

// mayIsolate tells whether a process may be given a pid namespace here.
var mayIsolate = sync.OnceValue(func() bool {
	cmd := exec.Command("/bin/true")
	cmd.SysProcAttr = ownNamespace()
	return cmd.Run() == nil
})

func ownNamespace() *syscall.SysProcAttr {
	ids := []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	return &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNS,
		UidMappings: ids, GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
}

func startAgent(t testing.TB, s agentSetup) *guest {
	t.Helper()
	s.Env = []string{"PATH=/usr/bin:/bin", "TZ=UTC", "LANG=C.UTF-8"}
	setup, _ := json.Marshal(s)
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "agent"), os.NewFile(uintptr(pair[1]), "host")
	g := &guest{t: t, timeout: 20 * time.Second}
	g.cmd = exec.Command(os.Args[0])
	g.cmd.Env = []string{agentEnv + "=" + string(setup), "GOMAXPROCS=1"}
	g.cmd.ExtraFiles = []*os.File{theirs}
	if s.PID1 {
		g.cmd.SysProcAttr = ownNamespace()
	}
	g.cmd.Stderr = &g.stderr
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	g.conn, err = net.FileConn(ours)
	ours.Close()
	if err != nil {
		t.Fatal(err)
	}
	g.wire = wire.NewConn(g.conn)
	t.Cleanup(g.close)
	f := g.read()
	if f.Type != wire.TypeHello || f.DecodeJSON(&g.hello) != nil {
		t.Fatalf("the first frame is %q", f.Type)
	}
	return g
}

func (g *guest) close() {
	g.conn.Close()
	_ = g.cmd.Wait()
}

func (g *guest) read() wire.Frame {
	g.t.Helper()
	g.conn.SetReadDeadline(time.Now().Add(60 * time.Second))
	f, err := g.wire.Read()
	if err != nil {
		g.conn.Close()
		_ = g.cmd.Wait()
		g.t.Fatalf("read from the agent: %v; it said: %s", err, g.stderr.String())
	}
	return f
}

func (g *guest) load(handler string, env map[string]string) reply {
	g.t.Helper()
	err := g.wire.WriteJSON(wire.TypeLoad, wire.Load{Digest: "code", Handler: handler, Environment: env, FunctionName: "hello",
		FunctionVersion: "7", ARN: "arn:volt:hello", MemoryMB: 128, TimeoutMS: g.timeout.Milliseconds()})
	if err != nil {
		g.t.Fatal(err)
	}
	return g.collect(wire.TypeLoaded, false)
}

func (g *guest) mustLoad(handler string) *guest {
	g.t.Helper()
	if r := g.load(handler, nil); r.loaded.Failure != nil {
		g.t.Fatalf("load: %+v", *r.loaded.Failure)
	}
	return g
}

func (g *guest) send(event string) {
	g.t.Helper()
	g.next++
	err := g.wire.WriteBlock(wire.TypeInvoke, wire.Invoke{Invocation: g.next, RequestID: fmt.Sprintf("req-%d", g.next),
		TimeoutMS: g.timeout.Milliseconds()}, []byte(event))
	if err != nil {
		g.t.Fatal(err)
	}
}

// invoke runs the handler and waits for Idle where the machine lives on.
func (g *guest) invoke(event string) reply {
	g.t.Helper()
	g.send(event)
	return g.collect(wire.TypeResult, true)
}

func (g *guest) collect(last wire.Type, idle bool) reply {
	g.t.Helper()
	r := reply{logs: map[uint32]string{}, stream: map[wire.LogStream]string{}}
	for {
		g.conn.SetReadDeadline(time.Now().Add(60 * time.Second))
		f, err := g.wire.Read()
		if err != nil {
			r.err = err
			if !errors.Is(err, io.EOF) || last != wire.TypeIdle {
				g.t.Fatalf("read from the agent: %v", err)
			}
			return r
		}
		switch f.Type {
		case wire.TypeLog:
			h, data, err := f.DecodeLog()
			if err != nil {
				g.t.Fatal(err)
			}
			r.bytes += int64(len(data))
			if r.bytes < 8<<20 {
				r.logs[h.Invocation] += string(data)
				r.stream[h.Stream] += string(data)
			}
		case wire.TypeLoaded:
			if err := f.DecodeJSON(&r.loaded); err != nil {
				g.t.Fatal(err)
			}
		case wire.TypeResult:
			out, err := f.DecodeBlock(&r.result)
			if err != nil {
				g.t.Fatal(err)
			}
			r.output = string(out)
			if idle && r.result.Alive {
				last = wire.TypeIdle
				continue
			}
		case wire.TypeIdle:
			r.idle = true
		}
		if f.Type == last {
			return r
		}
	}
}
