//go:build linux

package vmtest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/voltrun/voltrun/internal/wire"
)

// resources is what a test must leave as it found it.
type resources map[string]int

// count counts this process's descriptors, its descendants, the mounts it sees, and the groups of machines.
func count(t testing.TB) resources {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	groups := 0
	_ = filepath.WalkDir("/sys/fs/cgroup", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && strings.HasPrefix(entry.Name(), "vm_") && owned(path) {
			groups++
		}
		return nil // groups come and go under other hands meanwhile
	})
	return resources{"descriptors": len(fds), "processes": len(descendants(os.Getpid())), "mounts": strings.Count(string(mounts), "\n"), "groups": groups}
}

// instanceGroup is set by a driver's test to the name of its own groups, as other servers may run beside it.
var instanceGroup string

// OwnGroups tells the suite the name of the driver's control group.
func OwnGroups(name string) { instanceGroup = name }

func owned(path string) bool { return instanceGroup != "" && strings.Contains(path, instanceGroup) }

func (before resources) compare(t testing.TB) {
	t.Helper()
	after := count(t)
	for what, n := range before {
		if after[what] > n {
			t.Errorf("%s: %d before, %d after", what, n, after[what])
		}
	}
}

// descendants of a process, by the parents that /proc tells.
func descendants(of int) (found []int) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	parent := map[int]int{}
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		var pid, ppid int
		var state string
		_, rest, _ := strings.Cut(string(text), ") ") // a name may hold anything but this from here on
		if i := strings.LastIndex(string(text), ") "); i >= 0 {
			rest = string(text)[i+2:]
		}
		if _, err := fmt.Sscan(filepath.Base(filepath.Dir(path)), &pid); err != nil {
			continue
		}
		if _, err := fmt.Sscan(rest, &state, &ppid); err == nil {
			parent[pid] = ppid
		}
	}
	for pid := range parent {
		for p := parent[pid]; p > 1; p = parent[p] {
			if p == of {
				found = append(found, pid)
				break
			}
		}
	}
	return found
}

func (g *guest) tryLoad(t testing.TB, digest string) *wire.Failure {
	t.Helper()
	if err := g.conn.WriteJSON(wire.TypeLoad, wire.Load{Digest: digest, Handler: "index.handler", TimeoutMS: patience.Milliseconds()}); err != nil {
		t.Fatal(err)
	}
	var loaded wire.Loaded
	g.expect(t, wire.TypeLoaded, &loaded)
	return loaded.Failure
}
