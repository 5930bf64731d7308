package voltrun

import (
	"time"
)

// Isolation says whether a machine may serve more than one execution.
type Isolation string

const (
	IsolationFresh Isolation = "fresh" // a machine nobody used before, destroyed afterwards
	IsolationWarm  Isolation = "warm"  // a machine is kept for the same version of the same function, one execution at a time
)

// Limits of a function's settings; the defaults are what an unset field gets.
const (
	MinMemoryMB     = 64
	MaxMemoryMB     = 4096
	DefaultMemoryMB = 128

	MinTimeout     = 100 * time.Millisecond
	MaxTimeout     = 15 * time.Minute
	DefaultTimeout = 3 * time.Second

	// MemoryPerCPU is how much memory buys one CPU when cpus is not set, as on Lambda (1,769 MB).
	MemoryPerCPU = 1769
	MinCPUs      = 0.05
	MaxCPUs      = 8.0

	MaxConcurrency     = 1000
	DefaultConcurrency = 100

	MaxCodeBytes        = 6 << 20 // all files of a version together
	MaxCodeFiles        = 1000
	MaxDescription      = 1024
	MaxEnvironmentBytes = 32 << 10 // keys and values of env and secrets together
)

// Function is what a user deploys. Its code lives in immutable Versions; Version names the active one.
type Function struct {
	ID             string
	OwnerID        string
	Name           string
	Description    string
	Runtime        string // a runtime id, such as "nodejs" or "nodejs22"
	Handler        string
	Version        int
	MemoryMB       int
	CPUs           float64 // zero: the share follows the memory
	Timeout        time.Duration
	Isolation      Isolation
	MaxConcurrency int
	Env            map[string]string
	SecretNames    []string // sorted; the values are write-only
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// CPUShare is how many CPUs an execution may use.
func (f Function) CPUShare() float64 {
	if f.CPUs > 0 {
		return f.CPUs
	}
	return float64(f.MemoryMB) / MemoryPerCPU
}

// Version is one immutable state of a function's code. Digest is the SHA-256 (hex) of its
// files, so that the same files are stored once. Runtime and handler belong to it: rolling back restores them.
type Version struct {
	FunctionID string
	Number     int
	Digest     string
	Runtime    string
	Handler    string
	Files      map[string]string // path below /var/task → text; nil where only the listing was asked for
	Message    string
	CreatedAt  time.Time
}

// Deployment is everything the data plane needs to run one version of a function.
type Deployment struct {
	Function Function
	Version  Version
	// Environment is env and decrypted secrets together. Never logged, never returned.
	Environment map[string]string
	// Revision changes whenever anything above changes: a warm machine serves one revision only.
	Revision string
}
