package harness

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Binaries are the programs under test.
type Binaries struct {
	Dir     string
	Voltrun string
	Volt    string
}

// built is made once for all tests, and in a folder that every user can read.
var built = sync.OnceValues(build)

// Programs returns the binaries: those in the folder VOLTRUN_TEST_BIN, or ones built from this tree.
func Programs(t testing.TB) Binaries {
	t.Helper()
	b, err := built()
	if err != nil {
		t.Fatalf("build the programs under test: %v", err)
	}
	return b
}

// Root is the folder of the module.
func Root() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

func build() (Binaries, error) {
	if dir := os.Getenv("VOLTRUN_TEST_BIN"); dir != "" {
		return Binaries{Dir: dir, Voltrun: filepath.Join(dir, "voltrun"), Volt: filepath.Join(dir, "volt")}, nil
	}
	root, err := Root()
	if err != nil {
		return Binaries{}, err
	}
	dir, err := os.MkdirTemp("", "voltrun-bin-")
	if err != nil {
		return Binaries{}, err
	}
	temporary = dir
	if err := os.Chmod(dir, 0o755); err != nil {
		return Binaries{}, err
	}
	b := Binaries{Dir: dir, Voltrun: filepath.Join(dir, "voltrun"), Volt: filepath.Join(dir, "volt")}
	agent := filepath.Join(root, "internal", "agent", "binary", "dist", "agent-linux-"+runtime.GOARCH)
	fresh := filepath.Join(dir, "agent")
	steps := []struct {
		out, pkg string
	}{{fresh, "./cmd/agent"}, {b.Voltrun, "./cmd/server"}, {b.Volt, "./cmd/volt"}}
	for _, step := range steps {
		overlay, err := embedAgent(dir, agent, fresh)
		if err != nil {
			return b, err
		}
		command := exec.Command("go", "build", "-trimpath", "-overlay", overlay, "-ldflags", "-s -w -X main.version=test", "-o", step.out, step.pkg)
		command.Dir = root
		command.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := command.CombinedOutput(); err != nil {
			return b, fmt.Errorf("%s: %w\n%s", step.pkg, err, out)
		}
	}
	return b, linkRuntimes(root, dir)
}

// embedAgent makes the server embed the agent of this tree without writing into the tree.
func embedAgent(dir, target, source string) (string, error) {
	overlay := filepath.Join(dir, "overlay.json")
	if _, err := os.Stat(source); errors.Is(err, os.ErrNotExist) {
		return overlay, os.WriteFile(overlay, []byte(`{}`), 0o600)
	}
	return overlay, os.WriteFile(overlay, fmt.Appendf(nil, `{"Replace":{%q:%q}}`, target, source), 0o600)
}

// linkRuntimes gives the binaries the runtimes that `make build` gives them.
func linkRuntimes(root, dir string) error {
	runtimes := filepath.Join(root, "build", "runtimes")
	if _, err := os.Stat(runtimes); errors.Is(err, os.ErrNotExist) {
		return nil // the host's own are used
	}
	return os.Symlink(runtimes, filepath.Join(dir, "runtimes"))
}

var temporary string // folder of the binaries that this process built

func removeBinaries() error {
	if temporary == "" {
		return nil
	}
	return os.RemoveAll(temporary)
}
