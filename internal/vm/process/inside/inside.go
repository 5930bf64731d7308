//go:build unix

// Package inside is the part of the process driver that runs in the agent. It has the same
// functions as the container driver's, and isolates nothing.
package inside

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Mode is the argument with which the agent's binary is started by the process driver.
const Mode = "process"

// ConfigEnv is the environment variable with the Config as JSON; ControlFD the socket to the host.
const (
	ConfigEnv = "VOLTRUN_MACHINE"
	ControlFD = 3
)

// Config is what the driver tells the agent.
type Config struct {
	CodeStore string   `json:"code_store"`
	Command   []string `json:"command"` // paths of the host
	Env       []string `json:"env"`
	Dir       string   `json:"dir"` // where the runtime starts
}

// Environment is the machine as the agent sees it.
type Environment struct {
	Control  *os.File
	Command  []string
	Env      []string
	TaskRoot string // unknown before AttachCode, so empty

	config Config
}

// Setup reads what the driver said. There is nothing to build.
func Setup() (*Environment, error) {
	var c Config
	if err := json.Unmarshal([]byte(os.Getenv(ConfigEnv)), &c); err != nil {
		return nil, fmt.Errorf("%s: %w", ConfigEnv, err)
	}
	os.Clearenv()
	syscall.CloseOnExec(ControlFD)
	if err := prepare(); err != nil {
		return nil, err
	}
	return &Environment{Control: os.NewFile(ControlFD, "control"), Command: c.Command, Env: c.Env, config: c}, nil
}

// AttachCode returns the code's folder in the store.
func (e *Environment) AttachCode(digest string) (string, error) {
	if len(digest) != 64 {
		return "", fmt.Errorf("attach code: %.80q is not a SHA-256 in hex", digest)
	}
	for _, c := range []byte(digest) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return "", fmt.Errorf("attach code: %.80q is not a SHA-256 in hex", digest)
		}
	}
	root := filepath.Join(e.config.CodeStore, digest)
	if info, err := os.Lstat(root); err != nil || !info.IsDir() {
		return "", fmt.Errorf("attach code %s: it is not in the code store", digest)
	}
	return root, nil
}

// Start starts the runtime in a session of its own.
func (e *Environment) Start(cmd *exec.Cmd) error {
	if cmd.Dir == "" {
		cmd.Dir = e.config.Dir
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the runtime: %w", err)
	}
	return nil
}
