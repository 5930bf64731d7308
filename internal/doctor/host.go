//go:build linux

package doctor

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Host is what this machine has. A number that could not be found out is -1, a text is empty.
type Host struct {
	Kernel               string // its release, such as 6.12.0
	MemoryBytes          int64
	MemoryAvailableBytes int64 // without swapping
	DiskFreeBytes        int64 // for this user, where dataDir is
}

// Describe looks at this machine; it takes well under a millisecond.
func Describe(dataDir string) Host {
	host := Host{MemoryBytes: -1, MemoryAvailableBytes: -1, DiskFreeBytes: -1}
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		host.Kernel = unix.ByteSliceToString(name.Release[:])
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		host.MemoryBytes, host.MemoryAvailableBytes = meminfo(string(text), "MemTotal"), meminfo(string(text), "MemAvailable")
	}
	var s unix.Statfs_t
	if unix.Statfs(dataDir, &s) == nil {
		host.DiskFreeBytes = int64(s.Bavail) * s.Bsize
	}
	return host
}

// meminfo returns a line of /proc/meminfo in bytes, or -1.
func meminfo(text, name string) int64 {
	for line := range strings.Lines(text) {
		if rest, found := strings.CutPrefix(line, name+":"); found {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				return -1
			}
			return kb << 10
		}
	}
	return -1
}
