//go:build linux

package cgroup

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// wanted are the version 1 controllers that machines use.
var wanted = []string{Memory, CPU, "cpuacct", Pids}

// Kind names how this host mounts control groups: "v1", "v2", "hybrid" or "none".
func Kind() (string, error) {
	all, err := detect()
	if err != nil {
		return "", err
	}
	v1, v2 := false, false
	for _, h := range all {
		v1, v2 = v1 || !h.v2, v2 || h.v2
	}
	switch {
	case v1 && v2:
		return "hybrid", nil
	case v2:
		return "v2", nil
	case v1:
		return "v1", nil
	}
	return "none", nil
}

// detect finds the hierarchies that are mounted, and this process's own group in each.
func detect() ([]*hierarchy, error) {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, fmt.Errorf("find control groups: %w", err)
	}
	groups, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, fmt.Errorf("find this process's control groups: %w", err)
	}
	return parse(mounts, groups), nil
}

// parse combines the two files (see proc_pid_mountinfo(5) and cgroups(7)).
func parse(mounts, groups []byte) []*hierarchy {
	var found []*hierarchy
	for line := range bytes.Lines(mounts) {
		before, after, ok := strings.Cut(string(line), " - ")
		left, right := strings.Fields(before), strings.Fields(after)
		if !ok || len(left) < 5 || len(right) < 3 {
			continue
		}
		root, point, fstype := unescape(left[3]), unescape(left[4]), right[0]
		h := &hierarchy{v2: fstype == "cgroup2"}
		if !h.v2 {
			if fstype != "cgroup" {
				continue
			}
			for _, option := range strings.Split(right[2], ",") {
				if slices.Contains(wanted, option) {
					h.controllers = append(h.controllers, option)
				}
			}
			if len(h.controllers) == 0 {
				continue
			}
		}
		group, ok := ownGroup(groups, h)
		if !ok {
			continue
		}
		// The mount shows the tree from root down; our group is named from the top.
		relative, err := filepath.Rel(root, group)
		if err != nil || relative == ".." || strings.HasPrefix(relative, "../") {
			relative = "."
		}
		h.own = path.Join(point, relative)
		if !slices.ContainsFunc(found, func(o *hierarchy) bool { return same(o, h) }) {
			found = append(found, h)
		}
	}
	return found
}

// same tells whether two mounts show the same hierarchy.
func same(a, b *hierarchy) bool {
	return a.v2 == b.v2 && slices.Equal(a.controllers, b.controllers)
}

// ownGroup finds the line of /proc/self/cgroup for h.
func ownGroup(groups []byte, h *hierarchy) (string, bool) {
	for line := range bytes.Lines(groups) {
		parts := strings.SplitN(strings.TrimSuffix(string(line), "\n"), ":", 3)
		if len(parts) != 3 {
			continue
		}
		if h.v2 && parts[0] == "0" && parts[1] == "" {
			return parts[2], true
		}
		if !h.v2 && slices.Contains(strings.Split(parts[1], ","), h.controllers[0]) {
			return parts[2], true
		}
	}
	return "", false
}

// unescape undoes the octal escapes of mountinfo.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}
