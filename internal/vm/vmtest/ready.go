//go:build linux

package vmtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/voltrun/voltrun/internal/vm"
)

// readyProgram is the smallest runtime: it says that it is ready and waits.
const readyProgram = `package main

import "syscall"

func main() {
	syscall.Write(3, []byte("ready\n"))
	var b [64]byte
	for {
		if n, _ := syscall.Read(3, b[:]); n <= 0 {
			return
		}
	}
}
`

// ReadyImage is an image whose runtime costs nothing, for measuring the machine alone.
func ReadyImage(t testing.TB) vm.Image {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, []byte(readyProgram), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "ready")
	build := exec.Command("go", "build", "-o", out, source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return vm.Image{ID: "vmtest-ready", Files: []vm.File{{Target: "/bin/ready", Source: out}}, Command: []string{"/bin/ready"}}
}
