//go:build linux

// Package cgroup limits and measures machines with control groups: version 1,
// version 2 and the hybrid of both, as far as this process may write to them.
//
// A Manager owns the group voltrun-<instance> below the process's own group in every
// hierarchy it can use, and makes one Group per machine in it. It works through
// descriptors that it opened at the start, so it keeps working after a change of the root.
package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Limits of a group. Zero means no limit.
type Limits struct {
	MemoryBytes int64
	Processes   int64
}

// Usage of a group so far.
type Usage struct {
	MemoryPeakBytes int64
	CPUTime         time.Duration
	OOMKills        int
}

// Names of what a Manager may be able to limit.
const (
	Memory = "memory"
	CPU    = "cpu"
	Pids   = "pids"
)

// Prefix of the name of every group that a Manager owns; the instance follows.
const Prefix = "voltrun-"

// hierarchy is one mounted tree of groups.
type hierarchy struct {
	v2          bool
	controllers []string
	own         string   // path of the process's own group
	path        string   // path of the manager's group
	parent      *os.Root // own, for removing ours
	dir         *os.Root // the manager's group
	machines    *folder  // the same, for what is done for every machine
	leave       *os.File // own/tasks, version 1: for leaving a machine's group
}

func (h *hierarchy) has(controller string) bool { return slices.Contains(h.controllers, controller) }

// Manager makes groups.
type Manager struct {
	instance    string
	hierarchies []*hierarchy
	missing     []string
}

// Open finds the hierarchies of this host and makes the group of instance in each it may write to. What an
// earlier life of the same instance left behind is killed and removed. Having
// none is not an error: see Missing.
func Open(instance string) (*Manager, error) {
	mounts, err := detect()
	if err != nil {
		return nil, err
	}
	m := &Manager{instance: instance}
	for _, h := range mounts {
		if err := m.adopt(h); err != nil {
			m.missing = append(m.missing, err.Error())
		}
	}
	return m, m.dropIdle()
}

// dropIdle gives up a version 2 hierarchy that limits nothing where version 1 ones do: a group in it would be work for nothing.
func (m *Manager) dropIdle() (all error) {
	if !slices.ContainsFunc(m.hierarchies, func(h *hierarchy) bool { return !h.v2 }) {
		return nil
	}
	m.hierarchies = slices.DeleteFunc(m.hierarchies, func(h *hierarchy) bool {
		idle := h.v2 && len(h.controllers) == 0
		if idle {
			all = errors.Join(all, h.close(Prefix+m.instance))
		}
		return idle
	})
	return all
}

// Can tells whether groups limit the controller.
func (m *Manager) Can(controller string) bool {
	return slices.ContainsFunc(m.hierarchies, func(h *hierarchy) bool { return h.has(controller) })
}

// Missing says for each hierarchy that cannot be used why not.
func (m *Manager) Missing() []string { return m.missing }

// Locations tells where the groups are, for reading their usage from another process.
func (m *Manager) Locations() []Location {
	var all []Location
	for _, h := range m.hierarchies {
		all = append(all, Location{Path: h.path, V2: h.v2, Controllers: h.controllers})
	}
	return all
}

// adopt makes the manager's group in h, empty.
func (m *Manager) adopt(h *hierarchy) (err error) {
	if h.parent, err = os.OpenRoot(h.own); err != nil {
		return fmt.Errorf("cgroup %s: %w", h.own, err)
	}
	name := Prefix + m.instance
	h.path = path.Join(h.own, name)
	if err := h.parent.Mkdir(name, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("no groups can be made in %s: %w", h.own, errors.Join(unwrapPath(err), h.parent.Close()))
	}
	if h.dir, err = h.parent.OpenRoot(name); err != nil {
		return fmt.Errorf("cgroup %s: %w", h.path, errors.Join(unwrapPath(err), h.parent.Close()))
	}
	if h.v2 {
		delegate(h)
	}
	if err := sweep(h); err != nil {
		return fmt.Errorf("leftovers in %s cannot be removed: %w", h.path, err)
	}
	if err := h.openMachines(); err != nil {
		return err
	}
	m.hierarchies = append(m.hierarchies, h)
	return nil
}

// openMachines opens what is used for every machine.
func (h *hierarchy) openMachines() (err error) {
	if h.machines, err = openFolder(h.dir); err != nil {
		return fmt.Errorf("cgroup %s: %w", h.path, unwrapPath(err))
	}
	if h.v2 {
		return nil
	}
	if h.leave, err = h.parent.OpenFile("tasks", os.O_WRONLY, 0); err != nil {
		return fmt.Errorf("cgroup %s: %w", h.own, unwrapPath(err))
	}
	return nil
}

func unwrapPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// delegate hands the controllers of a version 2 tree down to machines, as far as allowed. A group with processes of its own
// cannot do that, so this process and its parent, the server, move to a leaf beside the machines. Controllers that
// cannot be had are not in h.controllers afterwards.
func delegate(h *hierarchy) {
	available, err := h.parent.ReadFile("cgroup.controllers")
	if err != nil {
		h.controllers = nil
		return
	}
	var wanted []string
	for _, c := range []string{Memory, CPU, Pids} {
		if slices.Contains(strings.Fields(string(available)), c) {
			wanted = append(wanted, c)
		}
	}
	h.controllers = nil
	if len(wanted) == 0 {
		return
	}
	if enable(h.parent, wanted) != nil {
		if err := retreat(h.parent); err != nil {
			return
		}
		if enable(h.parent, wanted) != nil {
			return
		}
	}
	if enable(h.dir, wanted) == nil {
		h.controllers = wanted
	}
}

func enable(dir *os.Root, controllers []string) error {
	return write(dir, "cgroup.subtree_control", "+"+strings.Join(controllers, " +"))
}

// supervisor is the leaf group of the server and the launcher on version 2.
const supervisor = "voltrun-supervisor"

func retreat(parent *os.Root) error {
	if err := parent.Mkdir(supervisor, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, pid := range []int{os.Getppid(), os.Getpid()} {
		if err := write(parent, supervisor+"/cgroup.procs", strconv.Itoa(pid)); err != nil {
			return err
		}
	}
	return nil
}

// sweep kills and removes every group below the manager's.
func sweep(h *hierarchy) error {
	names, err := children(h.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		deadline := time.Now().Add(5 * time.Second)
		for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
			if err := killMembers(h, name); err != nil {
				return err
			}
			err := h.dir.Remove(name)
			if err == nil || errors.Is(err, fs.ErrNotExist) {
				break
			}
			if !errors.Is(err, unix.EBUSY) || time.Now().After(deadline) {
				return err
			}
			time.Sleep(wait) // processes are ending; the kernel offers no event for it on version 1
		}
	}
	return nil
}

func children(dir *os.Root) ([]string, error) {
	f, err := dir.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func killMembers(h *hierarchy, name string) error {
	text, err := h.dir.ReadFile(name + "/cgroup.procs")
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENODEV) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, field := range strings.Fields(string(text)) {
		pid, err := strconv.Atoi(field)
		if err != nil || pid <= 1 || pid == os.Getpid() {
			continue
		}
		if err := unix.Kill(pid, unix.SIGKILL); err != nil && err != unix.ESRCH {
			return fmt.Errorf("kill process %d: %w", pid, err)
		}
	}
	return nil
}

// Close removes the manager's own groups. All machines must be gone.
func (m *Manager) Close() error {
	var all error
	for _, h := range m.hierarchies {
		all = errors.Join(all, h.close(Prefix+m.instance))
	}
	m.hierarchies = nil
	return all
}

// close removes the manager's group, which has this name.
func (h *hierarchy) close(name string) error {
	err := errors.Join(h.machines.Close(), h.dir.Close())
	if h.leave != nil {
		err = errors.Join(err, h.leave.Close())
	}
	if rm := h.parent.Remove(name); rm != nil && !errors.Is(rm, fs.ErrNotExist) {
		err = errors.Join(err, fmt.Errorf("remove cgroup %s: %w", h.path, unwrapPath(rm)))
	}
	return errors.Join(err, h.parent.Close())
}

func write(dir *os.Root, name, value string) error {
	f, err := dir.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(value)
	return errors.Join(err, f.Close())
}
