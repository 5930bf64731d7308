//go:build linux

package container

import (
	"context"
	"os/exec"
	"testing"

	"github.com/voltrun/voltrun/internal/vm"
	"github.com/voltrun/voltrun/internal/vm/vmtest"
)

// BenchmarkBoot boots and destroys machines, two at a time, whose runtime is a program that does
// nothing but say that it is ready; BenchmarkBwrap starts the same program with bubblewrap.
func BenchmarkBoot(b *testing.B) {
	store := b.TempDir()
	d := newTestDriver(b, store)
	defer d.Close(context.Background())
	spec := vm.Spec{Image: vmtest.ReadyImage(b), MemoryMB: 128, CPUs: 1, CodeStore: store, TmpMB: 16}
	b.SetParallelism(1)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m, err := d.Boot(context.Background(), spec)
			if err != nil {
				b.Fatal(err)
			}
			if err := m.Destroy(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkBwrap(b *testing.B) {
	if _, err := exec.LookPath("bwrap"); err != nil {
		b.Skip("bwrap is not installed")
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			cmd := exec.Command("bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "/bin/true")
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
		}
	})
}
