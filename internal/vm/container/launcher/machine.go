//go:build linux

package launcher

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/voltrun/voltrun/internal/vm/container/cgroup"
	"github.com/voltrun/voltrun/internal/vm/container/inside"
)

// machine is one machine of the launcher.
type machine struct {
	id      string
	request Message
	files   []int // the machine's socket and its report file
	group   *cgroup.Group
	pid     int // under launcher.mu, zero before the fork
	status  unix.WaitStatus

	started chan error    // one value: how the fork went
	exited  chan struct{} // closed once every process has ended, and when there never was one
	end     chan struct{} // closed to destroy it
	endOnce sync.Once
	gone    chan struct{} // closed once nothing is left
}

// boot starts a machine and tells the driver how that went. It owns the files.
func (l *launcher) boot(request Message, files []int) {
	m := l.newMachine(request, files)
	l.wg.Add(1)
	go func() { defer l.wg.Done(); l.live(m) }()
}

func (l *launcher) newMachine(request Message, files []int) *machine {
	m := &machine{id: request.ID, request: request, files: files,
		started: make(chan error, 1), exited: make(chan struct{}), end: make(chan struct{}), gone: make(chan struct{})}
	l.mu.Lock()
	l.machines[m.id] = m
	l.mu.Unlock()
	return m
}

// live is a machine from its fork until nothing is left of it.
func (l *launcher) live(m *machine) {
	l.spawn <- m
	err := <-m.started
	l.send(Message{Kind: Booted, ID: m.id, PID: m.pid}, err)
	if err == nil {
		select {
		case <-m.exited:
			l.send(Message{Kind: Exited, ID: m.id, Status: describe(m.status)}, nil)
			<-m.end // the driver may still want to know what it used
		case <-m.end:
			l.kill(m)
			<-m.exited
		}
	}
	err = m.release()
	l.mu.Lock()
	delete(l.machines, m.id)
	l.mu.Unlock()
	close(m.gone)
	l.send(Message{Kind: Gone, ID: m.id}, err)
}

// start forks the machine's first process, on the spawner's thread.
func (l *launcher) start(m *machine) {
	err := l.fork(m)
	closeAll(m.files)
	if err != nil {
		close(m.exited)
	}
	m.started <- err
}

func (l *launcher) fork(m *machine) error {
	if len(m.files) != 2 || m.request.Config == nil {
		return fmt.Errorf("machine %s: an incomplete request with %d files", m.id, len(m.files))
	}
	config, err := json.Marshal(m.request.Config)
	if err != nil {
		return err
	}
	limits := cgroup.Limits{MemoryBytes: m.request.MemoryBytes, Processes: int64(m.request.Config.Processes + inside.AgentThreads)}
	if m.group, err = l.groups.Create(m.id, limits); err != nil {
		return err
	}
	attributes := l.attributes(m.request.Slot)
	v2, err := m.group.Open()
	if err != nil {
		return fmt.Errorf("open the cgroup of machine %s: %w", m.id, err)
	}
	if v2 != nil {
		defer v2.Close()
		attributes.UseCgroupFD, attributes.CgroupFD = true, int(v2.Fd())
	}
	null, err := unix.Open(inside.DevDir+"/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open /dev/null: %w", err)
	}
	defer unix.Close(null)
	socket, report := uintptr(m.files[0]), uintptr(m.files[1])
	attr := &syscall.ProcAttr{
		Dir:   "/",
		Env:   []string{inside.ConfigEnv + "=" + string(config), oneThread},
		Files: []uintptr{uintptr(null), report, report, socket, FilterFD},
		Sys:   attributes,
	}
	if err := m.group.Enter(); err != nil {
		return err
	}
	l.mu.Lock()
	m.pid, err = syscall.ForkExec(agentPath, []string{"voltrun-agent", InitMode}, attr)
	if err == nil {
		l.byPID[m.pid] = m
	}
	l.mu.Unlock()
	if leave := l.groups.Leave(); leave != nil {
		// What is forked from here on would count against this machine. The driver starts a new launcher.
		fmt.Fprintln(os.Stderr, "launcher:", leave)
		os.Exit(1)
	}
	if err != nil {
		return fmt.Errorf("start machine %s: %w", m.id, err)
	}
	return nil
}

// oneThread makes the agent start with what it needs: it mostly waits, and Go would make more and look up the limits of CPU time first.
const oneThread = "GOMAXPROCS=1"

const namespaces = unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWNET |
	unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP

// attributes are the namespaces of a machine, who it is in them, and what its first process may do until the code is attached.
func (l *launcher) attributes(slot uint32) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Cloneflags: namespaces, Setsid: true, Pdeathsig: unix.SIGKILL}
	if l.options.Root {
		agent := int(l.options.UIDBase + 2*slot)
		ids := []syscall.SysProcIDMap{{ContainerID: 0, HostID: agent, Size: 1}, {ContainerID: inside.FunctionID, HostID: agent + 1, Size: 1}}
		a.UidMappings, a.GidMappings = ids, ids
		a.Credential = &syscall.Credential{Uid: 0, Gid: 0, NoSetGroups: true}
		return a
	}
	// The launcher's own namespace shows its user as 0.
	ids := []syscall.SysProcIDMap{{ContainerID: inside.FunctionID, HostID: 0, Size: 1}}
	a.UidMappings, a.GidMappings = ids, ids
	a.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_NET_ADMIN, unix.CAP_SETPCAP}
	return a
}

// destroy ends the machine and releases what it took; live does the work.
func (l *launcher) destroy(id string) {
	l.mu.Lock()
	m := l.machines[id]
	l.mu.Unlock()
	if m == nil {
		l.send(Message{Kind: Gone, ID: id}, nil)
		return
	}
	m.endOnce.Do(func() { close(m.end) })
}

// kill kills the first process, and with it the kernel kills its pid namespace.
func (l *launcher) kill(m *machine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byPID[m.pid] == m { // not collected yet, so the number is still its own
		_ = unix.Kill(m.pid, unix.SIGKILL) // it may be a zombie already
	}
}

// release removes the machine's group. A group can be busy for a moment after its last process has ended.
func (m *machine) release() error {
	if m.group == nil {
		return nil
	}
	deadline := time.Now().Add(removeWait)
	for wait := 200 * time.Microsecond; ; wait = min(2*wait, 50*time.Millisecond) {
		err := m.group.Remove()
		if err == nil || !errors.Is(err, unix.EBUSY) || time.Now().After(deadline) {
			return err
		}
		m.group.Kill()
		time.Sleep(wait) // version 1 has no event for it
	}
}

func describe(s unix.WaitStatus) string {
	if s.Signaled() {
		return "killed by " + s.Signal().String()
	}
	return "exit status " + strconv.Itoa(s.ExitStatus())
}

// probe boots one machine that ends as soon as it is built, to learn what this kernel allows. The
// second try goes without /proc.
func (l *launcher) probe() error {
	first := l.try(false)
	if first == nil {
		return nil
	}
	if l.try(true) == nil {
		l.noProc = true
		return nil
	}
	return first
}

func (l *launcher) try(noProc bool) error {
	report, err := unix.MemfdCreate("probe", unix.MFD_CLOEXEC)
	if err != nil {
		return fmt.Errorf("make a memory file: %w", err)
	}
	file := os.NewFile(uintptr(report), "probe")
	defer file.Close()
	mine, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return err
	}
	null, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		unix.Close(mine)
		return fmt.Errorf("open /dev/null: %w", err)
	}
	config := &inside.Config{Image: ".probe", Code: "store", OwnID: l.options.Root, NoProc: noProc, Probe: true,
		TmpBytes: 1 << 20, TmpInodes: 16, ShmBytes: 1 << 20, Processes: 64, OpenFiles: 64, FileBytes: 1 << 20}
	m := l.newMachine(Message{ID: "probe", MemoryBytes: 256 << 20, Config: config}, []int{null, mine})
	l.spawn <- m
	err = <-m.started
	<-m.exited
	l.mu.Lock()
	delete(l.machines, m.id)
	l.mu.Unlock()
	close(m.gone)
	if err == nil && m.status != 0 {
		text := make([]byte, 1024)
		n, _ := file.ReadAt(text, 0) // the text may be shorter, and empty
		err = fmt.Errorf("a trial machine could not be built (%s): %s", describe(m.status), text[:n])
	}
	return errors.Join(err, m.release())
}
