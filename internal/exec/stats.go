package exec

import (
	"context"
	"time"

	"github.com/voltrun/voltrun"
)

// Stats sums up the executions that ended within a range, of one function or, with functionID "", of all of the owner's.
func (s *Service) Stats(ctx context.Context, owner, functionID string, within voltrun.StatsRange) (voltrun.Stats, error) {
	return s.store.Stats(ctx, owner, functionID, within.Grid(time.Now()))
}

// FunctionStats does so for each function that the owner has, newest first, at most voltrun.MaxFunctionStats.
func (s *Service) FunctionStats(ctx context.Context, owner string, within voltrun.StatsRange) (voltrun.StatsGrid, []voltrun.FunctionStats, error) {
	grid := within.Sparkline(time.Now())
	stats, err := s.store.FunctionStats(ctx, owner, grid)
	return grid, stats, err
}

// QueueState counts executions that have not ended.
type QueueState struct {
	Pending int64 // in the queue, of all users
	Running int   // on this node
	Max     int   // on this node at the same time
}

// Queue tells how much waits and runs.
func (s *Service) Queue(ctx context.Context) (QueueState, error) {
	state := QueueState{Running: s.slots.inUse(), Max: s.config.Slots}
	var err error
	state.Pending, err = s.store.CountPending(ctx)
	return state, err
}

// ShelfState is what the pool keeps ready of one runtime and size.
type ShelfState struct {
	Runtime  string
	MemoryMB int
	CPUs     float64
	Idle     int // machines that nobody has used
	Booting  int
	Waiting  int // executions without a machine
	Target   int // idle machines that the present demand asks for
}

// Shelves lists what the pool keeps ready, by runtime and size.
func (s *Service) Shelves() []ShelfState { return s.pool.shelfStates(time.Now()) }
