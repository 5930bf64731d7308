//go:build linux

package cgroup

import (
	"slices"
	"testing"
)

func TestHierarchiesAreFoundOnEveryKindOfHost(t *testing.T) {
	for _, c := range []struct {
		name, mounts, groups string
		want                 []string // own group, and its controllers or v2
	}{
		{"v2 in a user's scope",
			"30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
			"0::/user.slice/user-1000.slice/run-r1.scope\n",
			[]string{"/sys/fs/cgroup/user.slice/user-1000.slice/run-r1.scope v2"}},
		{"hybrid",
			"31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n32 30 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n33 30 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n34 30 0:30 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices\n",
			"5:devices:/d\n4:memory:/m\n3:cpu,cpuacct:/c\n0::/u\n",
			[]string{"/sys/fs/cgroup/cpu,cpuacct/c cpu,cpuacct", "/sys/fs/cgroup/memory/m memory", "/sys/fs/cgroup/unified/u v2"}},
		{"a container that sees its own group as the top",
			"40 39 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n", "0::/docker/abc\n", []string{"/sys/fs/cgroup v2"}},
		{"nothing mounted, and nonsense", "x\n1 2 - \n- - -\n", "::\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, h := range parse([]byte(c.mounts), []byte(c.groups)) {
				what := "v2"
				if !h.v2 {
					what = h.controllers[0]
					for _, more := range h.controllers[1:] {
						what += "," + more
					}
				}
				got = append(got, h.own+" "+what)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"), []byte("0::/a\n"))
	f.Fuzz(func(t *testing.T, mounts, groups []byte) { parse(mounts, groups) })
}

func TestASmallShareOfCPUComesInSlicesWorthHaving(t *testing.T) {
	for _, c := range []struct {
		cpus          float64
		slice, period int64
	}{{1, 100_000, 100_000}, {2, 200_000, 100_000}, {0.1, 20_000, 200_000}, {0.01, 10_000, 1_000_000}} {
		if slice, period := quota(c.cpus); slice != c.slice || period != c.period {
			t.Errorf("%v CPUs: %d of %d", c.cpus, slice, period)
		}
	}
}
