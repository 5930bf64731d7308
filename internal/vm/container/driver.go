//go:build linux

package container

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sys/unix"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/lifecycle"
	"github.com/voltrun/voltrun/internal/vm"
	"github.com/voltrun/voltrun/internal/vm/container/cgroup"
	"github.com/voltrun/voltrun/internal/vm/container/inside"
	"github.com/voltrun/voltrun/internal/vm/container/launcher"
	"github.com/voltrun/voltrun/internal/vm/container/seccomp"
)

// Driver boots containers.
type Driver struct {
	config        Config
	folders       folders
	options       launcher.Options
	images        images
	agent, filter *os.File
	capabilities  vm.Capabilities
	budget        *budget
	group         *lifecycle.Group

	mu     sync.Mutex
	client *client       // nil while a new launcher starts
	change chan struct{} // closed when client changes
	closed bool
}

var _ vm.Driver = (*Driver)(nil)

// startTimeout bounds the start of a launcher.
const startTimeout = 20 * time.Second

// New starts a driver. It fails when this host cannot isolate machines, and says why.
func New(ctx context.Context, c Config) (*Driver, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	d := &Driver{config: c, change: make(chan struct{}), group: lifecycle.NewGroup()}
	var undo lifecycle.Stack
	if err := d.open(ctx, &undo); err != nil {
		return nil, errors.Join(err, undo.Release(context.WithoutCancel(ctx)))
	}
	d.group.Go(d.supervise)
	return d, nil
}

func (d *Driver) open(ctx context.Context, undo *lifecycle.Stack) (err error) {
	if d.folders, err = openFolders(d.config); err != nil {
		return err
	}
	undo.Push("lock", func(context.Context) error { return d.folders.lock.Close() })
	if d.agent, err = sealed("voltrun-agent", d.config.Agent); err != nil {
		return err
	}
	undo.Push("agent", func(context.Context) error { return d.agent.Close() })
	filter, err := seccomp.Build()
	if err != nil {
		return err
	}
	if d.filter, err = sealed("voltrun-filter", filter); err != nil {
		return err
	}
	undo.Push("filter", func(context.Context) error { return d.filter.Close() })
	d.images = images{dir: d.folders.images, done: map[string]*imageState{}}
	if err := d.images.ensure(vm.Image{ID: probeImage}); err != nil {
		return err
	}
	d.budget = newBudget(d.config.MaxMachines, d.config.MemoryBudgetMB)
	d.options = launcher.Options{Instance: d.folders.instance, Images: d.folders.images, Code: d.config.CodeStore,
		Mount: d.folders.mount, Root: os.Geteuid() == 0, UIDBase: uidBase(d.folders.instance)}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if d.client, err = startLauncher(ctx, d.options, d.agent, d.filter, d.config.Log); err != nil {
		return voltrun.Errorf(voltrun.CodeUnavailable, "this machine cannot isolate functions in containers; `voltrun doctor` tells what to change: %w", err)
	}
	d.capabilities = describe(d.client.ready, d.options.Root)
	return nil
}

// sealed puts data into a file in memory that nobody can change any more: a machine that gets hold of
// its own binary cannot replace it (CVE-2019-5736).
func sealed(name string, data []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING|unix.MFD_EXEC)
	if err == unix.EINVAL { // before Linux 6.3
		fd, err = unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	}
	if err != nil {
		return nil, fmt.Errorf("make the memory file %s: %w", name, err)
	}
	f := os.NewFile(uintptr(fd), name)
	if _, err := f.Write(data); err != nil {
		return nil, errors.Join(fmt.Errorf("fill the memory file %s: %w", name, err), f.Close())
	}
	const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals); err != nil {
		return nil, errors.Join(fmt.Errorf("seal the memory file %s: %w", name, err), f.Close())
	}
	return f, nil
}

func (d *Driver) Capabilities() vm.Capabilities { return d.capabilities }

// describe says what holds here.
func describe(ready launcher.Message, root bool) vm.Capabilities {
	c := vm.Capabilities{Name: "container", Level: vm.LevelContainer,
		Summary: "Linux namespaces, control groups, a system call filter and no capabilities; the kernel is shared"}
	say := func(format string, args ...any) { c.Fallbacks = append(c.Fallbacks, fmt.Sprintf(format, args...)) }
	if !root {
		say("VoltRun does not run as root: all machines and their agents share its user id and are kept apart by namespaces only")
	}
	if !slices.Contains(ready.Limits, cgroup.Memory) {
		say("no writable memory control group: the agent adds up its machine's memory every 25 ms and ends it over the limit")
	}
	if !slices.Contains(ready.Limits, cgroup.CPU) {
		say("no writable CPU control group: machines run at a lower priority, and only the time limits bound their CPU time")
	}
	if !slices.Contains(ready.Limits, cgroup.Pids) {
		say("no writable process control group: a limit of the user namespace bounds the number of processes")
	}
	if ready.NoProc {
		say("the host does not allow mounting /proc: it is empty in machines, and programs that read it may fail")
	}
	return c
}

// supervise serves the launcher and replaces it when it ends.
func (d *Driver) supervise(ctx context.Context) {
	for {
		d.mu.Lock()
		client := d.client
		d.mu.Unlock()
		orphans := client.serve()
		d.setClient(nil)
		if ctx.Err() != nil {
			finishAll(orphans)
			return
		}
		d.config.Log.Error("the container launcher ended; its machines are lost and a new one is started",
			zap.Int("machines", len(orphans)), zap.String("reason", client.reason))
		next := d.restart(ctx)
		finishAll(orphans) // the new launcher has removed what was left of them
		if next == nil {
			return
		}
		d.setClient(next)
	}
}

func finishAll(machines []*machine) {
	for _, m := range machines {
		m.finish(nil)
	}
}

// restart tries until there is a launcher or the driver closes.
func (d *Driver) restart(ctx context.Context) *client {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		attempt, cancel := context.WithTimeout(ctx, startTimeout)
		next, err := startLauncher(attempt, d.options, d.agent, d.filter, d.config.Log)
		cancel()
		if err == nil {
			return next
		}
		d.config.Log.Error("the container launcher cannot be started; trying again", zap.Error(err))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
}

func (d *Driver) setClient(c *client) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.client = c
	close(d.change)
	d.change = make(chan struct{})
	if c != nil && d.closed {
		c.socket.Close()
	}
}

// current returns the launcher, waiting for a new one to start.
func (d *Driver) current(ctx context.Context) (*client, error) {
	for {
		d.mu.Lock()
		client, change, closed := d.client, d.change, d.closed
		d.mu.Unlock()
		if closed {
			return nil, voltrun.Errorf(voltrun.CodeUnavailable, "the container driver is closed")
		}
		if client != nil {
			return client, nil
		}
		select {
		case <-change:
		case <-ctx.Done():
			return nil, voltrun.Errorf(voltrun.CodeUnavailable, "the container launcher is being restarted: %w", ctx.Err())
		}
	}
}

// Boot starts a container and waits for its agent.
func (d *Driver) Boot(ctx context.Context, spec vm.Spec) (vm.Machine, error) {
	if spec.CodeStore != "" && spec.CodeStore != d.config.CodeStore {
		return nil, voltrun.Errorf(voltrun.CodeValidation, "machines of this driver show code of %s, not of %s", d.config.CodeStore, spec.CodeStore)
	}
	if spec.MemoryMB <= 0 || spec.CPUs < 0 || len(spec.Image.Command) == 0 {
		return nil, voltrun.Errorf(voltrun.CodeValidation, "a machine needs memory, a share of CPU time and a command to start")
	}
	if err := d.images.ensure(spec.Image); err != nil {
		return nil, voltrun.Internal("boot a container", err)
	}
	slot, err := d.budget.take(spec.MemoryMB + agentMB)
	if err != nil {
		return nil, err
	}
	release := func() { d.budget.give(slot, spec.MemoryMB+agentMB) }
	m, err := d.start(ctx, spec, slot, release)
	if err != nil {
		return nil, err
	}
	if err := d.ready(ctx, m, spec); err != nil {
		return nil, errors.Join(err, m.Destroy(context.WithoutCancel(ctx)))
	}
	return m, nil
}

// start asks the launcher for the machine. When it fails nothing is left; release has been called then.
func (d *Driver) start(ctx context.Context, spec vm.Spec, slot uint32, release func()) (*machine, error) {
	client, err := d.current(ctx)
	if err != nil {
		release()
		return nil, err
	}
	m := &machine{id: voltrun.NewID(voltrun.PrefixMachine), client: client, release: release, groups: client.ready.Groups,
		booted: make(chan error, 1), done: make(chan struct{}), gone: make(chan struct{})}
	theirs, err := m.open()
	if err != nil {
		release()
		return nil, voltrun.Internal("boot a container", err)
	}
	err = client.boot(m, d.request(m.id, spec, slot, client.ready), theirs, int(m.report.Fd()))
	unix.Close(theirs)
	if err != nil {
		m.finish(nil)
		return nil, voltrun.Errorf(voltrun.CodeUnavailable, "boot a container: %w", err)
	}
	return m, nil
}

// open makes the machine's connection and report file; it returns the machine's end.
func (m *machine) open() (theirs int, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	mine := os.NewFile(uintptr(pair[0]), "machine")
	conn, err := net.FileConn(mine)
	if err := errors.Join(err, mine.Close()); err != nil {
		return -1, errors.Join(err, unix.Close(pair[1]))
	}
	report, err := newReport()
	if err != nil {
		return -1, errors.Join(err, conn.Close(), unix.Close(pair[1]))
	}
	m.conn, m.report = conn.(*net.UnixConn), report
	return pair[1], nil
}

// newReport makes the machine's standard error: a file of fixed size, so a machine cannot grow it.
func newReport() (*os.File, error) {
	fd, err := unix.MemfdCreate("voltrun-report", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING|unix.MFD_NOEXEC_SEAL)
	if err == unix.EINVAL {
		fd, err = unix.MemfdCreate("voltrun-report", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	}
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "report")
	_, seal := 0, f.Truncate(inside.ReportSize)
	if seal == nil {
		_, seal = unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_GROW|unix.F_SEAL_SHRINK|unix.F_SEAL_SEAL)
	}
	if _, err := f.Seek(inside.ReportText, 0); errors.Join(err, seal) != nil {
		return nil, errors.Join(err, seal, f.Close())
	}
	return f, nil
}

func (d *Driver) request(id string, spec vm.Spec, slot uint32, ready launcher.Message) launcher.Message {
	tmp := spec.TmpMB
	if tmp <= 0 {
		tmp = defaultTmpMB
	}
	memory := int64(spec.MemoryMB+agentMB) << 20
	c := &inside.Config{
		Image: spec.Image.ID, Code: "store", Command: spec.Image.Command, Env: spec.Image.Env,
		TmpBytes: int64(tmp) << 20, TmpInodes: maxInodes, ShmBytes: shmMB << 20,
		Processes: uint64(d.config.MaxProcesses), OpenFiles: uint64(d.config.MaxOpenFiles), FileBytes: uint64(d.config.MaxFileMB) << 20,
		OwnID: d.options.Root, NoProc: ready.NoProc,
	}
	if !slices.Contains(ready.Limits, cgroup.Memory) {
		c.SampleBytes = memory
	}
	if !slices.Contains(ready.Limits, cgroup.CPU) {
		c.Nice = 5
	}
	return launcher.Message{Kind: launcher.Boot, ID: id, Slot: slot, MemoryBytes: memory, Config: c}
}

// ready waits for the machine's agent, and limits its CPU time from then on.
func (d *Driver) ready(ctx context.Context, m *machine, spec vm.Spec) error {
	select {
	case err := <-m.booted:
		if err != nil {
			return voltrun.Internal("boot a container", err)
		}
	case <-m.done:
		return voltrun.Errorf(voltrun.CodeUnavailable, "boot a container: %s", m.status)
	case <-ctx.Done():
		return voltrun.Errorf(voltrun.CodeUnavailable, "boot a container: %w", ctx.Err())
	}
	if err := m.awaitHello(ctx); err != nil {
		return voltrun.Internal("boot a container", fmt.Errorf("%w%s", err, m.reason()))
	}
	if spec.CPUs > 0 {
		m.client.send(launcher.Message{Kind: launcher.SetCPU, ID: m.id, CPUs: spec.CPUs})
	}
	return nil
}

// Close ends every machine. The launcher does it when its socket closes.
func (d *Driver) Close(ctx context.Context) error {
	d.mu.Lock()
	first := !d.closed
	d.closed = true
	client := d.client
	d.mu.Unlock()
	d.group.Cancel()
	if client != nil {
		// Only the writing half: the launcher's last messages tell which machines are gone.
		_ = client.socket.CloseWrite()
	}
	if err := d.group.Stop(ctx); err != nil {
		return fmt.Errorf("close the container driver: %w", err)
	}
	if !first {
		return nil
	}
	return errors.Join(d.agent.Close(), d.filter.Close(), d.folders.lock.Close())
}
