//go:build linux

package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Group is the control group of one machine, in every hierarchy of its Manager.
type Group struct {
	m    *Manager
	name string
}

// Create makes a group with its limits. It leaves nothing behind when it fails.
func (m *Manager) Create(name string, l Limits) (*Group, error) {
	g := &Group{m: m, name: name}
	for _, h := range m.hierarchies {
		if err := g.createIn(h, l); err != nil {
			return nil, fmt.Errorf("make cgroup %s/%s: %w", h.path, name, errors.Join(unwrapPath(err), g.Remove()))
		}
	}
	return g, nil
}

func (g *Group) createIn(h *hierarchy, l Limits) error {
	if err := h.machines.make(g.name); err != nil {
		return err
	}
	var settings [][2]string
	if h.has(Memory) && l.MemoryBytes > 0 {
		bytes := strconv.FormatInt(l.MemoryBytes, 10)
		if h.v2 {
			settings = append(settings, [2]string{"memory.max", bytes}, [2]string{"memory.oom.group", "1"}, [2]string{"?memory.swap.max", "0"})
		} else {
			settings = append(settings, [2]string{"memory.limit_in_bytes", bytes}, [2]string{"?memory.memsw.limit_in_bytes", bytes})
		}
	}
	if h.has(Pids) && l.Processes > 0 {
		settings = append(settings, [2]string{"pids.max", strconv.FormatInt(l.Processes, 10)})
	}
	for _, s := range settings {
		file, optional := s[0], s[0][0] == '?' // absent on kernels that do not account for swap
		if optional {
			file = file[1:]
		}
		if err := h.machines.write(g.name+"/"+file, s[1]); err != nil && !(optional && errors.Is(err, fs.ErrNotExist)) {
			return err
		}
	}
	return nil
}

// CPU time is handed out in periods. A slice must be worth a scheduling: a small share gets a longer
// period rather than a slice of a few milliseconds, up to the kernel's limit of one second.
const (
	minPeriodUS = 100_000
	maxPeriodUS = 1_000_000
	minSliceUS  = 20_000
)

func quota(cpus float64) (slice, period int64) {
	period = minPeriodUS
	if float64(period)*cpus < minSliceUS {
		period = min(int64(minSliceUS/cpus), maxPeriodUS)
	}
	return max(int64(float64(period)*cpus), 1000), period
}

// SetCPU limits the group to a share of CPU time; 1.0 is one whole CPU. What it did not use of one period it may
// use in a later one, up to one slice, where the kernel can do that.
func (g *Group) SetCPU(cpus float64) error {
	slice, period := quota(cpus)
	for _, h := range g.m.hierarchies {
		if !h.has(CPU) {
			continue
		}
		s, p := strconv.FormatInt(slice, 10), strconv.FormatInt(period, 10)
		settings := [][2]string{{"cpu.cfs_period_us", p}, {"cpu.cfs_quota_us", s}, {"cpu.cfs_burst_us", s}}
		if h.v2 {
			settings = [][2]string{{"cpu.max", s + " " + p}, {"cpu.max.burst", s}}
		}
		for i, set := range settings {
			err := h.machines.write(g.name+"/"+set[0], set[1])
			if last := i == len(settings)-1; err != nil && !(last && errors.Is(err, fs.ErrNotExist)) {
				return fmt.Errorf("limit CPU time with %s/%s/%s: %w", h.path, g.name, set[0], unwrapPath(err))
			}
		}
	}
	return nil
}

// Enter moves the calling thread into the group's version 1 hierarchies, so that what it forks is born
// there. A thread that moves itself needs none of the kernel's global locks, unlike a
// process that is moved by another. The caller is locked to its thread and calls Leave afterwards.
func (g *Group) Enter() error {
	for _, h := range g.m.hierarchies {
		if h.v2 {
			continue
		}
		if err := h.machines.write(g.name+"/tasks", "0"); err != nil {
			return fmt.Errorf("enter cgroup %s/%s: %w", h.path, g.name, errors.Join(unwrapPath(err), g.m.Leave()))
		}
	}
	return nil
}

// Leave moves the calling thread back to where the process is.
func (m *Manager) Leave() error {
	for _, h := range m.hierarchies {
		if h.v2 {
			continue
		}
		if _, err := h.leave.WriteString("0"); err != nil {
			return fmt.Errorf("go back to cgroup %s: %w", h.own, unwrapPath(err))
		}
	}
	return nil
}

// Open returns the group's folder in the version 2 hierarchy, to clone a process into it; nil when there is none.
func (g *Group) Open() (*os.File, error) {
	for _, h := range g.m.hierarchies {
		if h.v2 {
			return h.dir.OpenFile(g.name, os.O_RDONLY|unix.O_DIRECTORY, 0)
		}
	}
	return nil, nil
}

// Kill kills every process of the group at once where the kernel can (version 2, Linux 5.14); it reports whether it did.
func (g *Group) Kill() bool {
	for _, h := range g.m.hierarchies {
		if h.v2 && h.machines.write(g.name+"/cgroup.kill", "1") == nil {
			return true
		}
	}
	return false
}

// Remove removes the group. While processes are ending it fails with EBUSY; it may be called again.
func (g *Group) Remove() error {
	var all error
	for _, h := range g.m.hierarchies {
		if err := h.machines.remove(g.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			all = errors.Join(all, fmt.Errorf("remove cgroup %s/%s: %w", h.path, g.name, unwrapPath(err)))
		}
	}
	return all
}
