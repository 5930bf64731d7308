//go:build linux

package agent

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// loadAverage is /proc/loadavg, opened once: its last field is the newest id in the reader's pid namespace (proc(5)).
var loadAverage = sync.OnceValue(func() int {
	fd, err := unix.Open("/proc/loadavg", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1 // then every end of an invocation looks at all processes
	}
	return fd
})

// newestPID is the id that was given out last in this pid namespace, to a process or thread. It says something only where the
// namespace is the machine's own; 0 means that it cannot be told.
func newestPID(pid1 bool) int {
	file := loadAverage()
	if !pid1 || file < 0 {
		return 0
	}
	var text [128]byte
	n, err := preadNow(file, text[:])
	if err != nil {
		return 0
	}
	line := strings.TrimRight(string(text[:n]), "\n")
	newest, err := strconv.Atoi(line[strings.LastIndexByte(line, ' ')+1:])
	if err != nil {
		return 0
	}
	return newest
}

// adoptOrphans makes every descendant that loses its parent a child of this process, as the first
// process of a pid namespace has it anyway.
func adoptOrphans() error {
	return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
}

// reap collects every child that ends, and hands over the runtime's status. It is the only place that waits for processes,
// so that orphans are collected without ever taking that status from somebody else.
func reap(runtime int, exits chan<- unix.WaitStatus, bell int) {
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, 0, nil)
		switch {
		case err == unix.EINTR:
		case err != nil: // no child is left, so the runtime is gone as well
			return
		case pid == runtime:
			exits <- status
			ring(bell)
		}
	}
}

// kill ends the runtime and everything it started.
func (r *runtime) kill(pid1 bool) {
	if pid1 {
		_ = unix.Kill(-1, unix.SIGKILL) // everything in the namespace but ourselves; ESRCH when there is nothing
		return
	}
	_ = unix.Kill(-r.pid, unix.SIGKILL)
	for _, pid := range descendants(os.Getpid()) {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
}

// shutdown ends everything at the end of Run and releases the runtime's descriptors.
func (a *agent) shutdown() {
	a.runtime.kill(a.pid1)
	a.runtime.close()
}

// killStrays kills every process but the agent and the runtime, and returns once none runs any
// more. It reports false when it cannot be sure, or when they multiply faster.
func killStrays(keep int, pid1 bool) bool {
	if len(processStat(os.Getpid())) == 0 {
		return false // without /proc nobody can tell, so the machine must not be used again
	}
	const rounds = 200
	for range rounds {
		strays := others(keep, pid1)
		if len(strays) == 0 {
			return true
		}
		for _, pid := range strays {
			_ = unix.Kill(pid, unix.SIGKILL) // gone already is as good
		}
		time.Sleep(time.Millisecond) // the kernel needs a moment to end them
	}
	return false
}

// others lists the running processes that the function left beside the runtime.
func others(keep int, pid1 bool) []int {
	self := os.Getpid()
	candidates := descendants(self)
	if pid1 {
		candidates = everyone()
	}
	strays := candidates[:0]
	for _, pid := range candidates {
		if pid != self && pid != keep && running(pid) {
			strays = append(strays, pid)
		}
	}
	return strays
}

// everyone lists the processes of this pid namespace.
func everyone() []int {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1) // a process that ends meanwhile is no loss
	var pids []int
	for _, name := range names {
		if name[0] < '1' || name[0] > '9' {
			continue
		}
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// descendants lists the children of pid, their children, and so on.
func descendants(pid int) []int {
	var all []int
	pending := []int{pid}
	for len(pending) > 0 {
		parent := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		found := children(parent)
		all = append(all, found...)
		pending = append(pending, found...)
	}
	return all
}

// children reads what the kernel lists per thread (CONFIG_PROC_CHILDREN).
func children(pid int) []int {
	tasks := "/proc/" + strconv.Itoa(pid) + "/task/"
	threads, err := os.ReadDir(tasks)
	if err != nil {
		return nil // it ended
	}
	var pids []int
	for _, thread := range threads {
		list, err := os.ReadFile(tasks + thread.Name() + "/children")
		if err != nil {
			continue
		}
		for _, field := range strings.Fields(string(list)) {
			if child, err := strconv.Atoi(field); err == nil {
				pids = append(pids, child)
			}
		}
	}
	return pids
}

// running reports whether the process exists and is more than a zombie.
func running(pid int) bool {
	fields := processStat(pid)
	return len(fields) > 0 && fields[0] != "Z" && fields[0] != "X"
}

// threads counts the threads of a process; 0 when it cannot be told.
func threads(pid int) int {
	fields := processStat(pid)
	if len(fields) < 18 {
		return 0
	}
	n, err := strconv.Atoi(fields[17])
	if err != nil {
		return 0
	}
	return n
}

// processStat returns the fields of /proc/<pid>/stat from the state on, see proc(5).
func processStat(pid int) []string {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return nil // it ended, or there is no /proc
	}
	// The name before the state is in parentheses and may itself contain any character.
	return strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
}

// signalName is the signal as Lambda words it: "killed", "segmentation fault".
func signalName(s syscall.Signal) string { return s.String() }
