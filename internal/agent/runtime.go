//go:build linux

package agent

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// runtime is the process of the language runtime and its three ways out.
type runtime struct {
	cmd     *exec.Cmd
	pid     int
	channel *stream // the agent's end
	stdout  *stream
	stderr  *stream
	frames  parser // of the channel
	tail    []byte // the last raw output on stderr, to tell why the runtime died
	buf     []byte // for raw output
	stopped bool
	// newest is the last process or thread id given out when the runtime was last known to rest alone; 0 when it is not known to.
	newest  int
	threads int // when it was ready, before any code of the function; 0 when that cannot be told
	dead    bool
	// condemned is set when the channel was violated: the process is being killed and not listened to.
	condemned bool
}

const (
	pipeSize = 1 << 20
	tailSize = 8 << 10
)

// startRuntime starts the command with nothing open but its standard streams and the channel.
func startRuntime(c Config, keeper timekeeper) (_ *runtime, err error) {
	if len(c.Command) == 0 {
		return nil, errors.New("there is no command to start the runtime with")
	}
	var files []*os.File // released again unless all goes well
	defer func() {
		if err != nil {
			for _, f := range files {
				f.Close()
			}
		}
	}()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("make the runner's channel: %w", err)
	}
	if err := unix.SetNonblock(pair[0], true); err != nil {
		return nil, fmt.Errorf("make the runner's channel: %w", err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "channel"), os.NewFile(uintptr(pair[1]), "channel")
	files = append(files, ours, theirs)
	outR, outW, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make the runtime's pipes: %w", err)
	}
	files = append(files, outR, outW)
	errR, errW, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make the runtime's pipes: %w", err)
	}
	files = append(files, errR, errW)
	for _, w := range []*os.File{outW, errW} {
		// Larger pipes spare wake-ups; where the host forbids it the default size does.
		_, _ = unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, pipeSize)
	}
	cmd := exec.Command(c.Command[0], c.Command[1:]...)
	cmd.Env = c.RuntimeEnv
	if cmd.Env == nil {
		cmd.Env = []string{}
	}
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = outW, errW, []*os.File{theirs}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Env.Start(cmd); err != nil {
		return nil, fmt.Errorf("start the runtime %s: %w", c.Command[0], err)
	}
	theirs.Close()
	outW.Close()
	errW.Close()
	r := &runtime{cmd: cmd, pid: cmd.Process.Pid, buf: make([]byte, 32<<10)}
	for _, end := range []struct {
		file *os.File
		as   **stream
	}{{ours, &r.channel}, {outR, &r.stdout}, {errR, &r.stderr}} {
		if *end.as, err = newStream(end.file, keeper); err != nil {
			return nil, fmt.Errorf("use the runtime's pipes: %w", err)
		}
	}
	return r, nil
}

func (r *runtime) close() {
	for _, s := range []*stream{r.channel, r.stdout, r.stderr} {
		s.conn.Close()
	}
}

// remember keeps the end of the raw output on stderr.
func (r *runtime) remember(p []byte) {
	r.tail = append(r.tail, p...)
	if extra := len(r.tail) - tailSize; extra > 0 {
		r.tail = r.tail[:copy(r.tail, r.tail[extra:])]
	}
}

// stop freezes the runtime until resume, and returns once it stands still.
func (r *runtime) stop() {
	if r.stopped || r.dead {
		return
	}
	if unix.Kill(r.pid, unix.SIGSTOP) != nil {
		return // it just died; the reaper reports it
	}
	r.stopped = true
	for {
		err := unix.Waitid(unix.P_PID, r.pid, nil, unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return
		}
	}
}

func (r *runtime) resume() {
	if r.stopped {
		r.stopped = false
		_ = unix.Kill(r.pid, unix.SIGCONT) // fails only when it is dead
	}
}
