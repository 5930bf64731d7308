// Package launcher is the small process that makes container machines.
//
// The driver starts one, from the agent's own binary, and talks to it over a socket of whole messages in JSON.
// Forking is quick from a small process, the machines inherit a mount table with
// nothing of the host in it, and when the server dies, however it dies, the socket
// closes and the launcher ends every machine, removes every group and exits.
package launcher

import (
	"github.com/voltrun/voltrun/internal/vm/container/cgroup"
	"github.com/voltrun/voltrun/internal/vm/container/inside"
)

// Mode is the argument with which the agent's binary becomes a launcher; InitMode makes it the
// first process of a machine.
const (
	Mode     = "launch"
	InitMode = "init"
)

// Descriptors and environment of the launcher.
const (
	SocketFD  = 3
	FilterFD  = 4
	OptionEnv = "VOLTRUN_LAUNCHER"
)

// Options tell the launcher what it works with.
type Options struct {
	Instance string `json:"instance"`
	Images   string `json:"images"` // host folders
	Code     string `json:"code"`
	Mount    string `json:"mount"` // an empty folder, to build the machines' view of the host on
	Root     bool   `json:"root"`  // runs as root of the host: machines get ids of their own
	UIDBase  uint32 `json:"uid_base"`
}

// Kinds of messages.
const (
	Boot    = "boot"    // driver → launcher, with the machine's socket and its report file
	SetCPU  = "cpu"     // driver → launcher: limit the CPU time from now on
	Destroy = "destroy" // driver → launcher: end it and release everything
	Ready   = "ready"   // launcher → driver, once
	Booted  = "booted"  // launcher → driver: the process runs, or Error
	Exited  = "exited"  // launcher → driver: every process of the machine has ended
	Gone    = "gone"    // launcher → driver: nothing is left of it
)

// Message is one message of either side.
type Message struct {
	Kind string `json:"kind"`
	ID   string `json:"id,omitempty"`

	Slot        uint32         `json:"slot,omitempty"`
	MemoryBytes int64          `json:"memory_bytes,omitempty"`
	CPUs        float64        `json:"cpus,omitempty"`
	Config      *inside.Config `json:"config,omitempty"`

	PID    int    `json:"pid,omitempty"`
	Status string `json:"status,omitempty"` // how the first process ended
	Error  string `json:"error,omitempty"`

	Groups    []cgroup.Location `json:"groups,omitempty"`
	Limits    []string          `json:"limits,omitempty"` // the controllers that limit machines
	Fallbacks []string          `json:"fallbacks,omitempty"`
	NoProc    bool              `json:"no_proc,omitempty"`
}

// MaxMessage bounds a message.
const MaxMessage = 64 << 10
