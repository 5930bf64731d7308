package api

import (
	"context"
	"time"
)

// ServerStatus is how this server is doing. It holds no secrets, paths or host names: every user may see it.
type ServerStatus struct {
	Version   string          `json:"version" doc:"VoltRun's version"`
	StartedAt string          `json:"started_at" format:"date-time"`
	UptimeMS  int64           `json:"uptime_ms"`
	Isolation IsolationStatus `json:"isolation"`
	Runtimes  []RuntimeStatus `json:"runtimes" nullable:"false" doc:"What functions can be written in, as GET /api/runtimes lists it"`
	Pool      PoolStatus      `json:"pool"`
	Queue     QueueStatus     `json:"queue"`
	Database  DatabaseStatus  `json:"database"`
	Host      HostStatus      `json:"host"`
	Checks    []CheckStatus   `json:"checks" nullable:"false" doc:"What /readyz looks at"`
}

// IsolationStatus is what stands between a function and the host.
type IsolationStatus struct {
	Driver    string   `json:"driver" example:"container"`
	Summary   string   `json:"summary" doc:"In one line for people"`
	Strong    bool     `json:"strong" doc:"Whether functions of people who do not trust each other may run here: a virtual machine, not a shared kernel"`
	Fallbacks []string `json:"fallbacks" nullable:"false" doc:"Protections that this host does not allow, and what stands in for each"`
}

// RuntimeStatus is an installed runtime.
type RuntimeStatus struct {
	ID      string `json:"id" example:"nodejs22"`
	Name    string `json:"name" example:"Node.js 22"`
	Version string `json:"version" example:"22.23.3"`
}

// PoolStatus counts the machines of this node.
type PoolStatus struct {
	MaxMachines int           `json:"max_machines"`
	Machines    int           `json:"machines" doc:"All that exist, those on their way in and out included"`
	Booting     int           `json:"booting"`
	Idle        int           `json:"idle" doc:"Booted, and used by nobody so far"`
	Warm        int           `json:"warm" doc:"Loaded with a function and waiting for its next execution"`
	Busy        int           `json:"busy"`
	Shelves     []ShelfStatus `json:"shelves" nullable:"false" doc:"By runtime and size"`
}

// ShelfStatus is what the pool keeps ready of one runtime and size.
type ShelfStatus struct {
	Runtime  string  `json:"runtime" example:"nodejs22"`
	MemoryMB int     `json:"memory_mb"`
	CPUs     float64 `json:"cpus"`
	Idle     int     `json:"idle"`
	Booting  int     `json:"booting"`
	Waiting  int     `json:"waiting" doc:"Executions that wait for a machine of this kind"`
	Target   int     `json:"target" doc:"How many idle ones the present demand asks for"`
}

// QueueStatus counts executions that have not ended.
type QueueStatus struct {
	Pending    *int64 `json:"pending" doc:"In the queue, of all users; null when the database does not answer"`
	Running    int    `json:"running" doc:"On this node"`
	MaxRunning int    `json:"max_running" doc:"On this node at the same time"`
}

// DatabaseStatus describes the database.
type DatabaseStatus struct {
	Kind          string `json:"kind" enum:"sqlite,postgresql"`
	SchemaVersion int64  `json:"schema_version" doc:"0 when unknown"`
	SizeBytes     *int64 `json:"size_bytes" doc:"null when unknown"`
}

// HostStatus describes the machine this node runs on; a number is null when unknown.
type HostStatus struct {
	OS                   string `json:"os" example:"linux"`
	Kernel               string `json:"kernel" example:"6.12.0"`
	Arch                 string `json:"arch" example:"amd64"`
	CPUs                 int    `json:"cpus"`
	MemoryBytes          *int64 `json:"memory_bytes"`
	MemoryAvailableBytes *int64 `json:"memory_available_bytes"`
	DiskFreeBytes        *int64 `json:"disk_free_bytes" doc:"Where the data directory is"`
}

// CheckStatus is one thing that the server needs.
type CheckStatus struct {
	Name    string `json:"name" example:"database"`
	Ready   bool   `json:"ready"`
	Message string `json:"message" doc:"Why it is not ready; empty when it is"`
}

type serverStatusOutput struct{ Body ServerStatus }

// serverStatus adds the checks of the readiness probe to what the server says of itself.
func (s *Server) serverStatus(ctx context.Context, _ *struct{}) (*serverStatusOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	out := &serverStatusOutput{s.Status(ctx)}
	out.Body.StartedAt, out.Body.UptimeMS = stamp(s.Started), time.Since(s.Started).Milliseconds()
	out.Body.Checks = s.checks(ctx)
	return out, nil
}
