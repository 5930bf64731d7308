//go:build linux

package launcher

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/voltrun/voltrun/internal/vm/container/cgroup"
)

// Main runs the launcher until the driver's end of the socket closes, and returns the exit status.
func Main() int {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "launcher:", err)
		return 1
	}
	return 0
}

// launcher is the state of the process.
type launcher struct {
	options Options
	socket  *net.UnixConn
	groups  *cgroup.Manager
	noProc  bool

	spawn chan *machine // to the thread that forks
	wg    sync.WaitGroup

	mu       sync.Mutex // also held over a fork, so that no exit is noticed before its machine is known
	machines map[string]*machine
	byPID    map[int]*machine
}

func run() error {
	// Nobody else may end the launcher by closing a terminal; it ends with the socket.
	signal.Ignore(unix.SIGHUP, unix.SIGINT, unix.SIGTERM, unix.SIGPIPE)
	l := &launcher{spawn: make(chan *machine), machines: map[string]*machine{}, byPID: map[int]*machine{}}
	if err := json.Unmarshal([]byte(os.Getenv(OptionEnv)), &l.options); err != nil {
		return fmt.Errorf("%s: %w", OptionEnv, err)
	}
	os.Clearenv()
	if err := l.open(); err != nil {
		return err
	}
	children := make(chan os.Signal, 1)
	signal.Notify(children, unix.SIGCHLD)
	ended := make(chan struct{})
	l.wg.Add(2)
	go func() { defer l.wg.Done(); l.reap(children, ended) }()
	go func() { defer l.wg.Done(); l.spawner() }()
	if err := l.probe(); err != nil {
		l.send(Message{Kind: Ready, Error: err.Error()}, err)
	} else {
		l.ready()
		l.serve()
	}
	l.destroyAll()
	close(l.spawn)
	close(ended)
	l.wg.Wait()
	return l.groups.Close()
}

func (l *launcher) open() error {
	// Machines get what they are given and nothing that the server inherited from whoever started it.
	if err := unix.CloseRange(SocketFD, ^uint(0), unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("keep descriptors from machines: %w", err)
	}
	file := os.NewFile(SocketFD, "driver")
	conn, err := net.FileConn(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("the driver's socket: %w", err)
	}
	l.socket = conn.(*net.UnixConn)
	if l.options.Root {
		if err := unix.Setgroups(nil); err != nil {
			return fmt.Errorf("leave all groups: %w", err)
		}
	}
	if l.groups, err = cgroup.Open(l.options.Instance); err != nil {
		return err
	}
	if err := buildRoot(l.options); err != nil {
		return errors.Join(err, l.groups.Close())
	}
	return nil
}

func (l *launcher) ready() {
	m := Message{Kind: Ready, Groups: l.groups.Locations(), NoProc: l.noProc, Fallbacks: l.groups.Missing()}
	for _, c := range []string{cgroup.Memory, cgroup.CPU, cgroup.Pids} {
		if l.groups.Can(c) {
			m.Limits = append(m.Limits, c)
		}
	}
	l.send(m, nil)
}

// serve handles the driver's messages until its end closes.
func (l *launcher) serve() {
	buffer := make([]byte, MaxMessage)
	control := make([]byte, unix.CmsgSpace(4*4))
	for {
		n, cn, _, _, err := l.socket.ReadMsgUnix(buffer, control)
		if err != nil || n == 0 {
			return
		}
		files := received(control[:cn])
		var m Message
		if err := json.Unmarshal(buffer[:n], &m); err != nil {
			closeAll(files)
			return // the driver is not what it should be
		}
		switch m.Kind {
		case Boot:
			l.boot(m, files)
			continue // the machine closes them
		case SetCPU:
			l.setCPU(m)
		case Destroy:
			l.destroy(m.ID)
		}
		closeAll(files)
	}
}

func received(control []byte) (files []int) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return nil
	}
	for _, m := range messages {
		if fds, err := unix.ParseUnixRights(&m); err == nil {
			files = append(files, fds...)
		}
	}
	return files
}

func closeAll(files []int) {
	for _, fd := range files {
		unix.Close(fd)
	}
}

// send tells the driver. When it is gone, serve notices and everything ends.
func (l *launcher) send(m Message, cause error) {
	if cause != nil {
		m.Error = cause.Error()
	}
	text, err := json.Marshal(m)
	if err == nil && len(text) <= MaxMessage {
		_, _ = l.socket.Write(text)
	}
}

func (l *launcher) setCPU(m Message) {
	l.mu.Lock()
	machine := l.machines[m.ID]
	l.mu.Unlock()
	if machine == nil || machine.group == nil {
		return
	}
	if err := machine.group.SetCPU(m.CPUs); err != nil {
		fmt.Fprintln(os.Stderr, "launcher:", err)
		l.destroy(m.ID) // a machine that could take all of the CPU must not run
	}
}

// spawner forks machines on one thread for the launcher's whole life: they die when this thread does.
func (l *launcher) spawner() {
	runtime.LockOSThread()
	for m := range l.spawn {
		l.start(m)
	}
}

// reap collects machines that have ended.
func (l *launcher) reap(children <-chan os.Signal, ended <-chan struct{}) {
	for {
		select {
		case <-children:
		case <-ended:
			return
		}
		for {
			var status unix.WaitStatus
			pid, err := unix.Wait4(-1, &status, unix.WNOHANG, nil)
			if err == unix.EINTR {
				continue
			}
			if err != nil || pid <= 0 {
				break
			}
			l.mu.Lock()
			m := l.byPID[pid]
			delete(l.byPID, pid)
			l.mu.Unlock()
			if m != nil {
				m.status = status
				close(m.exited)
			}
		}
	}
}

// destroyAll ends every machine and waits until nothing is left of any.
func (l *launcher) destroyAll() {
	l.mu.Lock()
	var all []*machine
	for _, m := range l.machines {
		all = append(all, m)
	}
	l.mu.Unlock()
	for _, m := range all {
		l.destroy(m.id)
	}
	for _, m := range all {
		<-m.gone
	}
}

// removeWait bounds how long the removal of a group is retried: what keeps it is a process that is ending.
const removeWait = 30 * time.Second
