// Package binary carries the agent's executable, which drivers put into machines.
package binary

import (
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
)

// dist is filled by `make build`; in a fresh clone it holds nothing but a .gitignore.
//
//go:embed all:dist
var dist embed.FS

// Bytes returns the agent for this processor.
func Bytes() ([]byte, error) {
	name := "agent-linux-" + runtime.GOARCH
	data, err := dist.ReadFile("dist/" + name)
	if err != nil {
		return nil, fmt.Errorf("this program was built without %s: run `make build` and start the program it leaves in bin", name)
	}
	return data, nil
}

// ForTest builds the agent from the tree, once per test process, and returns its bytes.
func ForTest(t interface {
	Helper()
	Fatal(args ...any)
}) []byte {
	t.Helper()
	built, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return built
}

// build relies on Go's build cache to be fast every time but the first.
var build = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "voltrun-agent-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "agent")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "github.com/voltrun/voltrun/cmd/agent")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the agent: %w\n%s", err, out)
	}
	return os.ReadFile(path)
})
