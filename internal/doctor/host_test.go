//go:build linux

package doctor

import (
	"path/filepath"
	"testing"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	host := Describe(t.TempDir())
	if host.Kernel == "" || host.MemoryBytes < 1<<20 || host.MemoryAvailableBytes <= 0 || host.MemoryAvailableBytes > host.MemoryBytes || host.DiskFreeBytes < 0 {
		t.Errorf("host %+v", host)
	}
	if host := Describe(filepath.Join(t.TempDir(), "missing")); host.DiskFreeBytes != -1 {
		t.Errorf("a folder that does not exist has %d bytes", host.DiskFreeBytes)
	}
}

func TestMeminfo(t *testing.T) {
	t.Parallel()
	text := "MemTotal:       24684084 kB\nMemFree: x kB\nMemAvailable:    1 kB\n"
	for name, want := range map[string]int64{"MemTotal": 24684084 << 10, "MemAvailable": 1024, "MemFree": -1, "Mem": -1, "Missing": -1} {
		if got := meminfo(text, name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}
