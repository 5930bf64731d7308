//go:build linux

package inside

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// When memory runs out the function goes first, then the agent, and both long before anything of the host.
const (
	agentOOMScore    = 500
	functionOOMScore = 1000
)

// Start starts cmd, the runtime, confined. It sets cmd.SysProcAttr and, when empty, cmd.Dir.
//
// Filters and credentials belong to threads and a new process inherits those of the thread that forks, so the fork
// happens on a thread of its own that is confined first. It stays, to hand its filter to the agent's other threads later.
func (e *Environment) Start(cmd *exec.Cmd) error {
	if cmd.Dir == "" {
		cmd.Dir = taskRoot
	}
	// No Pdeathsig: the kernel kills the machine with its first process anyway.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if e.config.OwnID {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: FunctionID, Gid: FunctionID, NoSetGroups: true}
	}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: nothing else may run on this thread
		if err := e.confineThread(); err != nil {
			started <- err
			return
		}
		started <- cmd.Start()
		<-e.loaded
		e.shared <- shareFilter()
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start the runtime: %w", err)
	}
	err := e.limit(cmd.Process.Pid)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ESRCH) {
		return nil // it has ended already; Wait tells how
	}
	return err
}

// limit bounds the runtime's process, which waits for code, below the agent.
func (e *Environment) limit(pid int) error {
	limit := &unix.Rlimit{Cur: e.config.Processes, Max: e.config.Processes}
	if err := unix.Prlimit(pid, unix.RLIMIT_NPROC, limit, nil); err != nil {
		return fmt.Errorf("limit the function's processes: %w", err)
	}
	if e.config.NoProc {
		return nil
	}
	return setOOMScore(strconv.Itoa(pid), functionOOMScore)
}

// confineThread takes from the calling thread what its children must not have.
func (e *Environment) confineThread() error {
	for c := uintptr(0); ; c++ {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err == unix.EINVAL {
			break // beyond the last capability this kernel knows
		} else if err != nil {
			return fmt.Errorf("empty the capability bounding set: %w", err)
		}
	}
	const noRoot = 1<<0 | 1<<1    // SECBIT_NOROOT: uid 0 means nothing on exec; locked
	const noAmbient = 1<<6 | 1<<7 // SECBIT_NO_CAP_AMBIENT_RAISE; locked
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("clear the ambient capabilities: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_SECUREBITS, noRoot|noAmbient, 0, 0, 0); err != nil {
		return fmt.Errorf("set the secure bits: %w", err)
	}
	if !e.config.OwnID {
		// The child keeps this thread's uid, so nothing else would take the capabilities away.
		if err := setCapabilities(unix.RawSyscall, 0); err != nil {
			return err
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("set no_new_privs: %w", err)
	}
	program := unix.SockFprog{Len: uint16(len(e.filter)), Filter: &e.filter[0]}
	if _, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&program))); errno != 0 {
		return fmt.Errorf("install the system call filter: %w", errno)
	}
	return nil
}

// surrender takes the capabilities of the agent itself and puts it under the filter, on all its threads.
func (e *Environment) surrender() error {
	keep := uint64(0)
	if e.config.OwnID {
		keep = 1 << unix.CAP_KILL // the function has another uid, and what it leaves behind must be ended
	}
	if err := setCapabilities(allThreads, keep); err != nil {
		return err
	}
	close(e.loaded)
	return <-e.shared
}

// shareFilter puts all threads of the process under the filter of the calling one, and with it under no_new_privs. The kernel shares filters when it
// installs one, so this installs another, which allows everything: that is much cheaper than the real one on each thread.
func shareFilter() error {
	all := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW}
	program := unix.SockFprog{Len: 1, Filter: &all}
	other, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(&program)
	if errno != 0 {
		return fmt.Errorf("share the system call filter: %w", errno)
	}
	if other != 0 {
		return fmt.Errorf("share the system call filter: thread %d has one of its own", other)
	}
	return nil
}

type syscall3 func(trap, a1, a2, a3 uintptr) (uintptr, uintptr, syscall.Errno)

func allThreads(trap, a1, a2, a3 uintptr) (uintptr, uintptr, syscall.Errno) {
	return syscall.AllThreadsSyscall(trap, a1, a2, a3)
}

// setCapabilities makes keep the permitted and effective set, and empties the inheritable one.
func setCapabilities(call syscall3, keep uint64) error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	data := [2]unix.CapUserData{
		{Effective: uint32(keep), Permitted: uint32(keep)},
		{Effective: uint32(keep >> 32), Permitted: uint32(keep >> 32)},
	}
	_, _, errno := call(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&data[0])), 0)
	runtime.KeepAlive(&header)
	runtime.KeepAlive(&data)
	if errno != 0 {
		return fmt.Errorf("drop capabilities: %w", errno)
	}
	return nil
}

// setLimits bounds what the machine's processes may use. They belong to the process, so the agent has them too, but for room for its threads.
func setLimits(c Config) error {
	limits := []struct {
		resource int
		name     string
		value    uint64
	}{
		{unix.RLIMIT_CORE, "core", 0},
		{unix.RLIMIT_NOFILE, "nofile", c.OpenFiles},
		{unix.RLIMIT_NPROC, "nproc", c.Processes + AgentThreads},
		{unix.RLIMIT_FSIZE, "fsize", c.FileBytes},
		{unix.RLIMIT_MEMLOCK, "memlock", 64 << 10},
		{unix.RLIMIT_MSGQUEUE, "msgqueue", 64 << 10},
	}
	if c.SampleBytes > 0 {
		// A backstop for what grows faster than the sampler looks. Generous, as it counts address space.
		limits = append(limits, limits[0])
		limits[len(limits)-1].resource, limits[len(limits)-1].name = unix.RLIMIT_DATA, "data"
		limits[len(limits)-1].value = uint64(2*c.SampleBytes) + 1<<30
	}
	for _, l := range limits {
		var old unix.Rlimit
		if err := unix.Prlimit(0, l.resource, nil, &old); err != nil {
			return fmt.Errorf("read limit %s: %w", l.name, err)
		}
		value := min(l.value, old.Max)
		if err := unix.Prlimit(0, l.resource, &unix.Rlimit{Cur: value, Max: value}, nil); err != nil {
			return fmt.Errorf("set limit %s: %w", l.name, err)
		}
	}
	return nil
}

func setOOMScore(pid string, score int) error {
	f, err := os.OpenFile("/proc/"+pid+"/oom_score_adj", os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("set the out-of-memory score: %w", err)
	}
	_, err = f.WriteString(strconv.Itoa(score))
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("set the out-of-memory score: %w", err)
	}
	return nil
}

// readFilter reads the assembled filter that all machines of a launcher share, and closes fd.
func readFilter(fd int) ([]unix.SockFilter, error) {
	defer unix.Close(fd)
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return nil, fmt.Errorf("read the system call filter: %w", err)
	}
	const size = int(unsafe.Sizeof(unix.SockFilter{}))
	n := int(stat.Size) / size
	if n == 0 || n > 4096 || int(stat.Size)%size != 0 {
		return nil, fmt.Errorf("the system call filter has %d bytes", stat.Size)
	}
	filter := make([]unix.SockFilter, n)
	raw := unsafe.Slice((*byte)(unsafe.Pointer(&filter[0])), n*size)
	if got, err := unix.Pread(fd, raw, 0); err != nil || got != len(raw) {
		return nil, fmt.Errorf("read the system call filter: %d of %d bytes: %w", got, len(raw), errors.Join(err))
	}
	return filter, nil
}

// raiseLoopback brings up lo, the machine's only interface.
func raiseLoopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("bring up lo: %w", err)
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return fmt.Errorf("bring up lo: %w", err)
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request); err != nil {
		return fmt.Errorf("bring up lo: %w", err)
	}
	return nil
}
