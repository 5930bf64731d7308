// Package vm is the port to whatever isolates a machine: the interface that
// Firecracker, the container and the process drivers fulfil, and nothing else.
//
// A driver creates and destroys machines. Inside each runs the same agent, which
// speaks package wire; everything above a driver is therefore the same for all.
// The suite in vmtest is the contract in executable form.
package vm

import (
	"context"
	"net"
	"time"
)

// Isolation levels, weakest first.
type Level int

const (
	LevelNone      Level = iota // process: nothing keeps a function from the host
	LevelContainer              // namespaces, seccomp, cgroups: the kernel is shared
	LevelVM                     // a kernel of its own behind hardware virtualisation
)

func (l Level) String() string {
	switch l {
	case LevelVM:
		return "vm"
	case LevelContainer:
		return "container"
	default:
		return "none"
	}
}

// Driver creates machines. Safe for concurrent use.
type Driver interface {
	Capabilities() Capabilities
	// Boot returns once the guest agent is connected and its runtime waits for
	// code: the agent's Hello is on the connection, unread. ctx bounds the boot
	// only; the machine lives until Destroy. It fails with voltrun.CodeCapacity
	// when the host is full, and leaves nothing behind when it fails.
	Boot(ctx context.Context, spec Spec) (Machine, error)
	// Close destroys every machine that is left and releases what the driver
	// holds. Boot fails afterwards.
	Close(ctx context.Context) error
}

// Capabilities say what a driver does on this host. They do not change while it runs.
type Capabilities struct {
	Name  string // "firecracker", "container", "process"
	Level Level
	// Summary is one line for people: what isolates functions here.
	Summary string
	// Fallbacks are the protections this host does not allow, and what stands in for each.
	Fallbacks []string
}

// Spec says what to boot.
type Spec struct {
	Image    Image
	MemoryMB int     // for the function; what the agent needs comes on top
	CPUs     float64 // share of CPU time, 1.0 is one whole CPU
	// CodeStore is the host's folder of content-addressed code, one folder per digest.
	// The machine shows one of them at /var/task once the agent is told which,
	// and no other from then on.
	CodeStore string
	// TmpMB limits /tmp. Zero means 512, as on Lambda.
	TmpMB int
}

// Image is a runtime as the host has it: which files a machine sees and what it starts.
type Image struct {
	ID    string // unique for the content: two images with the same ID are the same
	Files []File
	// Command starts the runtime with the runner, which then waits for code. Paths are inside the machine.
	// The process driver, which has no root of its own, maps them back to Source.
	Command []string
	Env     []string // KEY=value for the runtime's process
}

// File is one file, symbolic link or folder tree of an image. Target is an absolute, clean path inside the machine.
type File struct {
	Target string
	Source string // path on the host: a file, or a folder with everything below it
	Data   []byte // content instead of Source
	Mode   uint32 // permission bits with Data
	Link   string // when set, Target is a symbolic link with this content
}

// Machine is one running guest.
type Machine interface {
	ID() string
	// Dial returns the connection to the agent. It may be called once; the caller closes the connection.
	Dial(ctx context.Context) (net.Conn, error)
	// Done is closed when the guest is gone, for whatever reason.
	Done() <-chan struct{}
	// Usage is what the machine has used. It stays readable after Done until Destroy returns.
	Usage() Usage
	// Destroy ends the guest and releases everything it ever took: processes,
	// cgroups, mounts, sockets, folders. Idempotent; later calls wait for the first.
	Destroy(ctx context.Context) error
}

// Usage of a machine so far.
type Usage struct {
	MemoryPeakBytes int64 // zero when the host cannot tell
	CPUTime         time.Duration
	OOMKills        int // processes that were killed for going over the memory limit
}

// Snapshotter is what a driver with snapshots adds: a template of a booted or loaded machine, and clones of it.
type Snapshotter interface {
	Snapshot(ctx context.Context, m Machine) (Template, error)
	Restore(ctx context.Context, t Template) (Machine, error)
}

// Template is a snapshot that machines can be restored from.
type Template interface {
	ID() string
	Close() error
}
