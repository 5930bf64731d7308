//go:build linux

package inside

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Environment is the machine as the agent sees it.
type Environment struct {
	Control  *os.File // the socket to the host, for package wire
	Command  []string // starts the runtime with the runner
	Env      []string // KEY=value of the runtime's process
	TaskRoot string   // where the code will be, "/var/task"

	config Config
	filter []unix.SockFilter
	loaded chan struct{} // closed to have the confined thread share its filter
	shared chan error    // how that went

	sampler *sampler // nil where a cgroup limits memory
}

// taskRoot is where Lambda puts the code of a function.
const taskRoot = "/var/task"

// Setup builds the machine around the calling process, which must be the first of
// its namespaces. It makes all mounts, enters the machine's root and closes the
// agent's own files in /proc to everybody else.
func Setup() (*Environment, error) {
	config, err := configFromEnvironment()
	if err != nil {
		return nil, err
	}
	os.Clearenv()
	// Whatever the host's process may have inherited and left open must not reach a function.
	if err := unix.CloseRange(FilterFD+1, ^uint(0), unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return nil, fmt.Errorf("keep descriptors from the function: %w", err)
	}
	filter, err := readFilter(FilterFD)
	if err != nil {
		return nil, err
	}
	if err := buildRoot(config); err != nil {
		return nil, err
	}
	if err := raiseLoopback(); err != nil {
		return nil, err
	}
	if err := unix.Sethostname([]byte("voltrun")); err != nil {
		return nil, fmt.Errorf("set the host name: %w", err)
	}
	if err := setLimits(config); err != nil {
		return nil, err
	}
	if config.Nice != 0 {
		if err := unix.Setpriority(unix.PRIO_PROCESS, 0, config.Nice); err != nil {
			return nil, fmt.Errorf("lower the priority: %w", err)
		}
	}
	if !config.NoProc {
		if err := setOOMScore("self", agentOOMScore); err != nil {
			return nil, err
		}
	}
	if config.Probe {
		os.Exit(0)
	}
	unix.CloseOnExec(ControlFD)
	// From here on /proc/1 belongs to nobody inside, and nothing can attach to the agent.
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return nil, fmt.Errorf("close the agent's memory to others: %w", err)
	}
	e := &Environment{
		Control:  os.NewFile(ControlFD, "control"),
		Command:  config.Command,
		Env:      config.Env,
		TaskRoot: taskRoot,
		config:   config,
		filter:   filter,
		loaded:   make(chan struct{}),
		shared:   make(chan error, 1),
	}
	if config.SampleBytes > 0 {
		e.sampler = startSampler(config.SampleBytes)
	}
	return e, nil
}
