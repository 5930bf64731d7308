package app

import (
	"context"
	"runtime"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/voltrun/voltrun/internal/api"
	"github.com/voltrun/voltrun/internal/doctor"
	"github.com/voltrun/voltrun/internal/vm"
)

// statusFresh is how old the numbers may be that the database and the host are asked for.
const statusFresh = time.Second

// statusCache keeps what is not free to find out for a moment, however many people look.
type statusCache struct {
	mu       sync.Mutex
	made     time.Time
	database api.DatabaseStatus
	host     api.HostStatus
	queue    api.QueueStatus
	schema   int64 // looked up once: it does not change while this version of the program runs
}

// status describes this server, without what the API knows itself.
func (s *Server) status(ctx context.Context) api.ServerStatus {
	c := s.driver.Capabilities()
	pool := s.exec.Pool()
	status := api.ServerStatus{
		Version:   s.version,
		Isolation: api.IsolationStatus{Driver: c.Name, Summary: c.Summary, Strong: c.Level >= vm.LevelVM, Fallbacks: append([]string{}, c.Fallbacks...)},
		Runtimes:  []api.RuntimeStatus{},
		Pool: api.PoolStatus{MaxMachines: pool.Max, Machines: pool.Total, Booting: pool.Booting, Idle: pool.Idle, Warm: pool.Warm, Busy: pool.Busy,
			Shelves: []api.ShelfStatus{}},
	}
	for _, r := range s.runtimes {
		status.Runtimes = append(status.Runtimes, api.RuntimeStatus{ID: r.ID, Name: r.Name, Version: r.Version})
	}
	for _, shelf := range s.exec.Shelves() {
		status.Pool.Shelves = append(status.Pool.Shelves, api.ShelfStatus(shelf))
	}
	s.addCached(ctx, &status)
	return status
}

// addCached adds what is asked for once in statusFresh.
func (s *Server) addCached(ctx context.Context, status *api.ServerStatus) {
	cache := &s.statusCache
	cache.mu.Lock()
	defer cache.mu.Unlock()
	if time.Since(cache.made) > statusFresh {
		cache.database, cache.host, cache.queue = s.databaseStatus(ctx), s.hostStatus(), s.queueStatus(ctx)
		cache.made = time.Now()
	}
	status.Database, status.Host, status.Queue = cache.database, cache.host, cache.queue
}

func (s *Server) queueStatus(ctx context.Context) api.QueueStatus {
	queue, err := s.exec.Queue(ctx)
	status := api.QueueStatus{Running: queue.Running, MaxRunning: queue.Max}
	if err != nil {
		s.log.Warn("the length of the queue is not known", zap.Error(err))
	} else {
		status.Pending = &queue.Pending
	}
	return status
}

// databaseStatus is called with the cache locked.
func (s *Server) databaseStatus(ctx context.Context) api.DatabaseStatus {
	cache := &s.statusCache
	if cache.schema == 0 {
		var err error
		if cache.schema, _, err = s.db.SchemaVersion(ctx); err != nil {
			s.log.Warn("the version of the schema is not known", zap.Error(err))
		}
	}
	status := api.DatabaseStatus{Kind: s.db.Kind(), SchemaVersion: cache.schema}
	size, err := s.db.Size(ctx)
	if err != nil {
		s.log.Warn("the size of the database is not known", zap.Error(err))
		return status
	}
	status.SizeBytes = &size
	return status
}

func (s *Server) hostStatus() api.HostStatus {
	host := doctor.Describe(s.config.DataDir)
	return api.HostStatus{OS: runtime.GOOS, Kernel: host.Kernel, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(),
		MemoryBytes: known(host.MemoryBytes), MemoryAvailableBytes: known(host.MemoryAvailableBytes), DiskFreeBytes: known(host.DiskFreeBytes)}
}

// known is nil for a number that could not be found out, which is negative.
func known(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}
