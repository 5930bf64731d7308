//go:build linux

package vmtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun/internal/vm"
	"github.com/voltrun/voltrun/internal/wire"
)

// patience bounds every wait of the suite: far more than anything takes on a busy machine.
const patience = 60 * time.Second

// standin is built once for all tests of a process.
var standin = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "voltrun-standin-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "agent")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", out, "github.com/voltrun/voltrun/internal/vm/vmtest/standin")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return nil, &buildError{err, text}
	}
	return os.ReadFile(out)
})

type buildError struct {
	err  error
	text []byte
}

func (b *buildError) Error() string { return b.err.Error() + ": " + string(b.text) }

// Agent returns the binary of the suite's agent.
func Agent(t testing.TB) []byte {
	t.Helper()
	if path := os.Getenv(agentEnv); path != "" {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	data, err := standin()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// agentEnv names a built agent, for a test that was started again as another user.
const agentEnv = "VOLTRUN_TEST_AGENT"

// runner is a Python program for the suite's agent: it loads index.py and calls its handler.
const runner = `import json, os, sys
channel = os.fdopen(3, "rb", 0), os.fdopen(3, "wb", 0, closefd=False)
channel[1].write(b"ready\n")
def line():
    data = b""
    while not data.endswith(b"\n"):
        piece = channel[0].read(1)
        if not piece: sys.exit(0)
        data += piece
    return data[:-1]
root = line().decode()
os.chdir(root)
sys.path.insert(0, root)
sys.dont_write_bytecode = True
import index
while True:
    try:
        answer = {"ok": index.handler(json.loads(line()), None)}
    except Exception as e:
        answer = {"error": type(e).__name__ + ": " + str(e)}
    channel[1].write(json.dumps(answer).encode() + b"\n")
`

// pythonImage describes Debian's Python with what it needs, found with ldd as a packager would.
func pythonImage(t testing.TB) vm.Image {
	t.Helper()
	binary, err := filepath.EvalSymlinks("/usr/bin/python3")
	if err != nil {
		t.Skip("the system's Python is not installed: the machines of this suite have nothing to run")
	}
	library := "/usr/lib/" + filepath.Base(binary)
	files := []vm.File{
		{Target: binary, Source: binary},
		{Target: library, Source: library},
		{Target: "/var/runtime/runner.py", Data: []byte(runner), Mode: 0o444},
	}
	libraries := map[string]bool{}
	modules, err := filepath.Glob(library + "/lib-dynload/*.so")
	if err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("ldd", append([]string{binary}, modules...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range strings.Fields(string(text)) {
		if strings.HasPrefix(word, "/lib") && !strings.HasSuffix(word, ":") && !libraries[word] {
			libraries[word] = true
			files = append(files, vm.File{Target: word, Source: word})
		}
	}
	return vm.Image{ID: "vmtest-python-" + hash([]byte(runner))[:12], Files: files,
		Command: []string{binary, "-I", "-S", "/var/runtime/runner.py"}, Env: []string{"PATH=/usr/bin:/bin", "LANG=C.UTF-8"}}
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// deploy puts code into the store and returns its digest.
func deploy(t testing.TB, store, code string) string {
	t.Helper()
	digest := hash([]byte(code))
	dir := filepath.Join(store, digest)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "index.py"), []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	return digest
}

// guest is a booted machine with its connection.
type guest struct {
	vm.Machine
	conn  *wire.Conn
	close func() error
	calls uint32
}

func boot(t testing.TB, d vm.Driver, spec vm.Spec) *guest {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	m, err := d.Boot(ctx, spec)
	if err != nil {
		t.Fatalf("boot: %v", err)
	}
	conn, err := m.Dial(ctx)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	g := &guest{Machine: m, conn: wire.NewConn(conn), close: conn.Close}
	var hello wire.Hello
	g.expect(t, wire.TypeHello, &hello)
	if hello.Protocol != wire.Version {
		t.Fatalf("hello: %+v", hello)
	}
	return g
}

func (g *guest) expect(t testing.TB, want wire.Type, into any) {
	t.Helper()
	frame, err := g.conn.Read()
	if err != nil {
		t.Fatalf("wait for %q: %v", want, err)
	}
	if frame.Type != want {
		t.Fatalf("got frame %q, want %q", frame.Type, want)
	}
	if into != nil {
		if err := frame.DecodeJSON(into); err != nil {
			t.Fatal(err)
		}
	}
}

func (g *guest) load(t testing.TB, digest string) {
	t.Helper()
	if err := g.conn.WriteJSON(wire.TypeLoad, wire.Load{Digest: digest, Handler: "index.handler", MemoryMB: 128, TimeoutMS: patience.Milliseconds()}); err != nil {
		t.Fatal(err)
	}
	var loaded wire.Loaded
	g.expect(t, wire.TypeLoaded, &loaded)
	if loaded.Failure != nil {
		t.Fatalf("load: %+v", *loaded.Failure)
	}
}

// answer is what the runner says: what the handler returned, or what it threw.
type answer struct {
	OK    json.RawMessage
	Error string
}

// invoke calls the handler. The result tells when the runtime ended instead of answering.
func (g *guest) invoke(t testing.TB, input string) (answer, wire.Result) {
	t.Helper()
	g.calls++
	call := wire.Invoke{Invocation: g.calls, RequestID: "exe_test", TimeoutMS: patience.Milliseconds()}
	if err := g.conn.WriteBlock(wire.TypeInvoke, call, []byte(input)); err != nil {
		t.Fatal(err)
	}
	var result wire.Result
	var a answer
	frame, err := g.conn.Read()
	if err != nil || frame.Type != wire.TypeResult {
		t.Fatalf("wait for the result: %q, %v", frame.Type, err)
	}
	output, err := frame.DecodeBlock(&result)
	if err != nil {
		t.Fatal(err)
	}
	if result.Failure == nil {
		if err := json.Unmarshal(bytes.Clone(output), &a); err != nil {
			t.Fatalf("output %q: %v", output, err)
		}
	}
	g.expect(t, wire.TypeIdle, nil)
	return a, result
}

func (g *guest) destroy(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	g.close()
	if err := g.Destroy(ctx); err != nil {
		t.Errorf("destroy: %v", err)
	}
}

// invokeDying calls a handler that takes the runtime, or the whole machine, with it.
func (g *guest) invokeDying(t testing.TB) {
	t.Helper()
	g.calls++
	if err := g.conn.WriteBlock(wire.TypeInvoke, wire.Invoke{Invocation: g.calls, TimeoutMS: patience.Milliseconds()}, []byte("null")); err != nil {
		t.Fatal(err)
	}
	frame, err := g.conn.Read()
	if err != nil {
		return // the machine is gone
	}
	var result wire.Result
	if _, err := frame.DecodeBlock(&result); err != nil || result.Failure == nil {
		t.Fatalf("the handler answered: %+v, %v", result, err)
	}
}
