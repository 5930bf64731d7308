//go:build linux

package container

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"

	"go.uber.org/zap"
	"golang.org/x/sys/unix"

	"github.com/voltrun/voltrun/internal/vm/container/launcher"
)

// client is one running launcher.
type client struct {
	command *exec.Cmd
	socket  *net.UnixConn
	ready   launcher.Message
	reason  string // the end of its standard error, readable once dead is closed

	mu       sync.Mutex
	machines map[string]*machine
	failed   bool
	dead     chan struct{} // closed once the process has been waited for
}

// startLauncher starts a launcher and waits until it has built a trial machine.
func startLauncher(ctx context.Context, o launcher.Options, agent, filter *os.File, log *zap.Logger) (*client, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("make the launcher's socket: %w", err)
	}
	mine, theirs := os.NewFile(uintptr(pair[0]), "launcher"), os.NewFile(uintptr(pair[1]), "driver")
	defer theirs.Close()
	conn, err := net.FileConn(mine)
	if err := errors.Join(err, mine.Close()); err != nil {
		return nil, fmt.Errorf("use the launcher's socket: %w", err)
	}
	options, err := json.Marshal(o)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	c := &client{socket: conn.(*net.UnixConn), machines: map[string]*machine{}, dead: make(chan struct{})}
	c.command = &exec.Cmd{
		Path:        fmt.Sprintf("/proc/self/fd/%d", agent.Fd()),
		Args:        []string{"voltrun-agent", launcher.Mode},
		Env:         []string{launcher.OptionEnv + "=" + string(options), "GOMAXPROCS=1", "GOGC=20"}, // small, so that its forks are cheap
		Dir:         "/",
		ExtraFiles:  []*os.File{theirs, filter},
		Stderr:      &tail{log: log},
		SysProcAttr: launcherAttributes(o.Root),
	}
	if err := c.command.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start the launcher: %w", err), conn.Close())
	}
	theirs.Close() // or its end would not be noticed; the deferred close is then without effect
	if err := c.handshake(ctx); err != nil {
		waited := errors.Join(conn.Close(), ignoreExit(c.command.Wait()))
		return nil, errors.Join(fmt.Errorf("%w%s", err, c.command.Stderr.(*tail).suffix()), waited)
	}
	return c, nil
}

func launcherAttributes(root bool) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setsid: true, Cloneflags: unix.CLONE_NEWNS}
	if !root {
		a.Cloneflags |= unix.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	return a
}

func ignoreExit(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}

func (c *client) handshake(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { c.socket.Close() })
	defer stop()
	m, err := c.receive(make([]byte, launcher.MaxMessage))
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return fmt.Errorf("the launcher did not get ready: %w", err)
	}
	if m.Kind != launcher.Ready || m.Error != "" {
		return fmt.Errorf("the launcher cannot make machines: %s", m.Error)
	}
	c.ready = m
	return nil
}

func (c *client) receive(buffer []byte) (m launcher.Message, err error) {
	n, err := c.socket.Read(buffer)
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(buffer[:n], &m)
}

// serve hands the launcher's messages to their machines until it ends, and then tells every machine. Destroy
// waits for gone, which then is up to the caller.
func (c *client) serve() (orphans []*machine) {
	buffer := make([]byte, launcher.MaxMessage)
	for {
		m, err := c.receive(buffer)
		if err != nil {
			break
		}
		c.mu.Lock()
		machine := c.machines[m.ID]
		if m.Kind == launcher.Gone {
			delete(c.machines, m.ID)
		}
		c.mu.Unlock()
		if machine != nil {
			machine.handle(m)
		}
	}
	c.mu.Lock()
	c.failed = true
	for _, m := range c.machines {
		orphans = append(orphans, m)
	}
	c.machines = nil
	c.mu.Unlock()
	c.socket.Close()
	_ = c.command.Wait() // how it ended is in the log
	c.reason = c.command.Stderr.(*tail).suffix()
	for _, m := range orphans {
		m.end("the launcher ended" + c.reason)
	}
	close(c.dead)
	return orphans
}

var errLauncherGone = errors.New("the launcher has ended; a new one is being started")

// boot registers m and sends its request with its two files.
func (c *client) boot(m *machine, request launcher.Message, files ...int) error {
	text, err := json.Marshal(request)
	if err != nil {
		return err
	}
	if len(text) > launcher.MaxMessage {
		return fmt.Errorf("the command and environment of the runtime take %d bytes, over %d", len(text), launcher.MaxMessage)
	}
	c.mu.Lock()
	if c.failed {
		c.mu.Unlock()
		return errLauncherGone
	}
	c.machines[m.id] = m
	c.mu.Unlock()
	if _, _, err := c.socket.WriteMsgUnix(text, unix.UnixRights(files...), nil); err != nil {
		c.mu.Lock()
		delete(c.machines, m.id)
		c.mu.Unlock()
		return errors.Join(errLauncherGone, err)
	}
	return nil
}

// send sends a message without files. When it fails the launcher is gone, which serve notices.
func (c *client) send(m launcher.Message) {
	if text, err := json.Marshal(m); err == nil {
		_, _ = c.socket.Write(text)
	}
}

// tail logs what a launcher writes on standard error and keeps the end of it.
type tail struct {
	log  *zap.Logger
	mu   sync.Mutex
	text []byte
}

const tailBytes = 2048

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-tailBytes):]
	t.log.Warn("container launcher", zap.ByteString("text", bytes.TrimSpace(p[:min(len(p), tailBytes)])))
	return len(p), nil
}

func (t *tail) suffix() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if text := bytes.TrimSpace(t.text); len(text) > 0 {
		return ": " + string(text)
	}
	return ""
}
