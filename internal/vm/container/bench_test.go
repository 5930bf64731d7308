//go:build linux

package container

import (
	"context"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

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
	var booting, destroying atomic.Int64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			begin := time.Now()
			m, err := d.Boot(context.Background(), spec)
			if err != nil {
				b.Fatal(err)
			}
			booted := time.Now()
			if err := m.Destroy(context.Background()); err != nil {
				b.Fatal(err)
			}
			booting.Add(int64(booted.Sub(begin)))
			destroying.Add(int64(time.Since(booted)))
		}
	})
	b.ReportMetric(float64(booting.Load())/float64(b.N)/1e6, "ms/boot")
	b.ReportMetric(float64(destroying.Load())/float64(b.N)/1e6, "ms/destroy")
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
