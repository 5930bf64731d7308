//go:build unix

package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/lifecycle"
	"github.com/voltrun/voltrun/internal/vm"
	"github.com/voltrun/voltrun/internal/vm/process/inside"
)

// Config of a driver.
type Config struct {
	DataDir     string // for the agent's binary and what images bring as data
	Agent       []byte // the agent's binary for this host
	MaxMachines int    // at the same time; zero means 100
}

// Driver starts processes.
type Driver struct {
	config Config
	dir    string // made by New, removed by Close
	agent  string
	group  *lifecycle.Group

	mu       sync.Mutex
	machines map[*machine]struct{}
	images   map[string]map[string]string // image id → target → path on the host
	closed   bool
}

var _ vm.Driver = (*Driver)(nil)

// New makes a driver.
func New(c Config) (*Driver, error) {
	if c.DataDir == "" || len(c.Agent) == 0 {
		return nil, voltrun.Errorf(voltrun.CodeValidation, "the process driver needs a data directory and the agent's binary")
	}
	if c.MaxMachines <= 0 {
		c.MaxMachines = 100
	}
	base := filepath.Join(c.DataDir, "process")
	if err := os.MkdirAll(base, 0o700); err != nil {
		return nil, fmt.Errorf("make the process driver's folder: %w", err)
	}
	dir, err := os.MkdirTemp(base, "run-")
	if err != nil {
		return nil, fmt.Errorf("make the process driver's folder: %w", err)
	}
	d := &Driver{config: c, dir: dir, agent: filepath.Join(dir, "agent"), group: lifecycle.NewGroup(),
		machines: map[*machine]struct{}{}, images: map[string]map[string]string{}}
	if err := os.WriteFile(d.agent, c.Agent, 0o700); err != nil {
		return nil, errors.Join(fmt.Errorf("write the agent: %w", err), os.RemoveAll(dir))
	}
	return d, nil
}

func (d *Driver) Capabilities() vm.Capabilities {
	return vm.Capabilities{Name: "process", Level: vm.LevelNone,
		Summary: "NOTHING isolates functions: they can do whatever the user of this server can",
		Fallbacks: []string{
			"no isolation of files, processes, network and users: run only code that you trust completely",
			"no limit on memory, CPU time, processes and disk: only the time limits hold",
		}}
}

// Boot starts an agent and waits for its runtime.
func (d *Driver) Boot(ctx context.Context, spec vm.Spec) (vm.Machine, error) {
	config, err := d.translate(spec)
	if err != nil {
		return nil, voltrun.Internal("boot a process", err)
	}
	m, err := d.start(config)
	if err != nil {
		return nil, err
	}
	if err := m.awaitHello(ctx); err != nil {
		return nil, errors.Join(voltrun.Internal("boot a process", fmt.Errorf("%w%s", err, m.said())), m.Destroy(context.WithoutCancel(ctx)))
	}
	return m, nil
}

func (d *Driver) start(config inside.Config) (*machine, error) {
	m := &machine{id: voltrun.NewID(voltrun.PrefixMachine), driver: d, done: make(chan struct{}), gone: make(chan struct{})}
	d.mu.Lock()
	closed, full := d.closed, len(d.machines) >= d.config.MaxMachines
	if !closed && !full {
		d.machines[m] = struct{}{}
	}
	d.mu.Unlock()
	if closed {
		return nil, voltrun.Errorf(voltrun.CodeUnavailable, "the process driver is closed")
	}
	if full {
		return nil, voltrun.Errorf(voltrun.CodeCapacity, "this server runs %d processes already; try again shortly", d.config.MaxMachines)
	}
	if err := m.start(config); err != nil {
		d.forget(m)
		return nil, voltrun.Internal("boot a process", err)
	}
	d.group.Go(func(context.Context) { m.wait() })
	return m, nil
}

func (d *Driver) forget(m *machine) {
	d.mu.Lock()
	delete(d.machines, m)
	d.mu.Unlock()
}

// translate maps the paths of the image to where the host has the files. Content that comes as data is written once for each image.
func (d *Driver) translate(spec vm.Spec) (inside.Config, error) {
	d.mu.Lock()
	paths, known := d.images[spec.Image.ID]
	d.mu.Unlock()
	if !known {
		var err error
		if paths, err = d.lay(spec.Image); err != nil {
			return inside.Config{}, err
		}
		d.mu.Lock()
		d.images[spec.Image.ID] = paths
		d.mu.Unlock()
	}
	store, err := filepath.Abs(spec.CodeStore)
	if err != nil {
		return inside.Config{}, err
	}
	targets := make([]string, 0, len(paths))
	for target := range paths {
		targets = append(targets, target)
	}
	sort.Slice(targets, func(i, j int) bool { return len(targets[i]) > len(targets[j]) })
	c := inside.Config{CodeStore: store, Dir: d.dir}
	for _, argument := range spec.Image.Command {
		c.Command = append(c.Command, hostPath(argument, targets, paths))
	}
	for _, variable := range spec.Image.Env {
		name, value, _ := strings.Cut(variable, "=")
		elements := strings.Split(value, ":")
		for i := range elements {
			elements[i] = hostPath(elements[i], targets, paths)
		}
		c.Env = append(c.Env, name+"="+strings.Join(elements, ":"))
	}
	return c, nil
}

// hostPath replaces the longest target that path is, or lies below.
func hostPath(path string, targets []string, paths map[string]string) string {
	for _, target := range targets {
		if rest, ok := strings.CutPrefix(path, target); ok && (rest == "" || rest[0] == '/') {
			return paths[target] + rest
		}
	}
	return path
}

// lay writes the data files of an image below one folder, in their own tree, so that they find each other by
// relative paths. A folder whose files all come as data maps as a whole.
func (d *Driver) lay(image vm.Image) (map[string]string, error) {
	paths := map[string]string{}
	root, err := os.MkdirTemp(d.dir, "image-")
	if err != nil {
		return nil, err
	}
	tree, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	for _, f := range image.Files {
		if !filepath.IsAbs(f.Target) || filepath.Clean(f.Target) != f.Target {
			return nil, fmt.Errorf("image %s: target %q is not an absolute, clean path", image.ID, f.Target)
		}
		switch {
		case f.Link != "":
			continue // the host's own file system has what the link stands for
		case f.Source != "":
			paths[f.Target] = f.Source
			continue
		}
		if err := tree.MkdirAll(filepath.Dir(f.Target[1:]), 0o755); err != nil {
			return nil, fmt.Errorf("image %s: %s: %w", image.ID, f.Target, err)
		}
		if err := tree.WriteFile(f.Target[1:], f.Data, os.FileMode(f.Mode)&0o755|0o400); err != nil {
			return nil, fmt.Errorf("image %s: %s: %w", image.ID, f.Target, err)
		}
		paths[f.Target] = filepath.Join(root, f.Target)
		paths[filepath.Dir(f.Target)] = filepath.Join(root, filepath.Dir(f.Target))
	}
	return paths, nil
}

// Close ends every machine and removes the driver's folder.
func (d *Driver) Close(ctx context.Context) error {
	d.mu.Lock()
	d.closed = true
	var left []*machine
	for m := range d.machines {
		left = append(left, m)
	}
	d.mu.Unlock()
	var all error
	for _, m := range left {
		all = errors.Join(all, m.Destroy(ctx))
	}
	return errors.Join(all, d.group.Stop(ctx), os.RemoveAll(d.dir))
}

func (m *machine) start(config inside.Config) error {
	text, err := json.Marshal(config)
	if err != nil {
		return err
	}
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	syscall.CloseOnExec(pair[0])
	syscall.CloseOnExec(pair[1])
	mine, theirs := os.NewFile(uintptr(pair[0]), "machine"), os.NewFile(uintptr(pair[1]), "agent")
	conn, err := net.FileConn(mine)
	if err := errors.Join(err, mine.Close()); err != nil {
		return errors.Join(err, theirs.Close())
	}
	m.conn = conn.(*net.UnixConn)
	m.command = exec.Command(m.driver.agent, inside.Mode)
	m.command.Env = []string{inside.ConfigEnv + "=" + string(text)}
	m.command.Dir = m.driver.dir
	m.command.ExtraFiles = []*os.File{theirs}
	m.command.Stderr = &m.stderr
	m.command.WaitDelay = time.Second
	m.command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = m.command.Start()
	if err = errors.Join(err, theirs.Close()); err != nil {
		return errors.Join(fmt.Errorf("start the agent: %w", err), conn.Close())
	}
	return nil
}
