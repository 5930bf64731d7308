package exec

import (
	"runtime"
	"time"

	"github.com/voltrun/voltrun"
)

// Config of the data plane.
type Config struct {
	NodeID      string // of this server, kept over restarts
	CodeDir     string // cache of versions' files, this process's own
	Pool        PoolConfig
	Slots       int           // executions at the same time on this node
	QueueWait   time.Duration // how long a synchronous call waits for a slot or a machine
	InitTimeout time.Duration // how long a module may take to load, apart from the handler's timeout
	MaxLogBytes int64         // per execution
	MaxPending  int64         // asynchronous executions that may wait; more are refused
	MaxAttempts int           // of an asynchronous execution whose worker is lost
	LeaseTTL    time.Duration
	PollEvery   time.Duration // how often the queue is looked at without a signal
	Retention   Retention
	// SoleWorker says that no other process executes from this database: at start, whatever is still running was lost.
	SoleWorker bool
}

// Retention says how long terminal executions are kept.
type Retention struct {
	MaxAge     time.Duration // zero: for ever
	MaxPerFunc int           // newest kept of each function; zero: all
	Every      time.Duration
}

// DefaultConfig suits one machine.
func DefaultConfig() Config {
	cpus := runtime.NumCPU()
	return Config{
		Pool: PoolConfig{
			MaxMachines: max(32, 16*cpus),
			MaxBoots:    max(2, cpus),
			MinIdle:     1,
			MaxIdle:     max(4, 2*cpus),
			IdleLimit:   5 * time.Minute,
			AgeLimit:    time.Hour,
			CheckEvery:  5 * time.Second,
		},
		Slots:       max(24, 12*cpus),
		QueueWait:   15 * time.Second,
		InitTimeout: 10 * time.Second,
		MaxLogBytes: voltrun.DefaultMaxLogBytes,
		MaxPending:  100_000,
		MaxAttempts: voltrun.DefaultMaxAttempts,
		LeaseTTL:    15 * time.Second,
		PollEvery:   time.Second,
		Retention:   Retention{MaxAge: 30 * 24 * time.Hour, Every: time.Minute},
	}
}
