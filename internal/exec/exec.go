// Package exec is the data plane: it admits an execution, acquires a machine,
// calls the handler in it and records what happened.
package exec

import (
	"context"
	"time"

	"github.com/voltrun/voltrun"
)

// Catalog finds what to run; package control fulfils it.
type Catalog interface {
	Resolve(ctx context.Context, owner, ref string, version int) (*voltrun.Deployment, error)
}

// Store keeps executions and their logs; the row is the truth. Every driver passes
// the suite in internal/storage/storagetest.
type Store interface {
	// Record adds executions (pending, running or terminal), ends others and appends log lines (execution id → lines), in one transaction.
	// An insert whose (owner, function, idempotency key) exists already is left out, and the id of the earlier row is
	// returned at its index; the other indexes hold "". An end is guarded by (id, attempt, status=running or, for a canceled one,
	// pending); written tells for each whether it was: false means that a later attempt or another terminal state won.
	Record(ctx context.Context, inserts, finishes []*voltrun.Execution, logs map[string][]voltrun.LogLine) (earlier []string, written []bool, err error)
	// ClaimExecution takes one pending execution: running, attempt+1, lease. With id "" it takes
	// the oldest pending one whose function is not in busy. nil means there was none.
	ClaimExecution(ctx context.Context, id, worker string, busy []string, now, leaseUntil time.Time) (*voltrun.Execution, error)
	// RenewLeases extends the leases that worker holds for these (id → attempt); it returns the ids it no longer holds.
	RenewLeases(ctx context.Context, worker string, held map[string]int, leaseUntil time.Time) (lost []string, err error)
	// ExpireLeases treats every running row whose lease ended before now, or is held by one of deadWorkers: back to pending while
	// attempts are left, otherwise failed with ErrorLost. It returns the changed rows.
	ExpireLeases(ctx context.Context, now time.Time, deadWorkers []string) ([]*voltrun.Execution, error)
	// CancelPendingOf takes up to limit pending executions of an owner to canceled and returns how many.
	CancelPendingOf(ctx context.Context, owner string, now time.Time, limit int) (int, error)
	// CancelPending takes a pending execution to canceled; false means it is not pending any more.
	CancelPending(ctx context.Context, id string, now time.Time) (bool, error)

	Execution(ctx context.Context, owner, id string) (*voltrun.Execution, error)
	ExecutionByIdempotencyKey(ctx context.Context, owner, functionID, key string) (*voltrun.Execution, error)
	// ListExecutions returns newest first, without input and output.
	ListExecutions(ctx context.Context, filter voltrun.ExecutionFilter, page voltrun.PageRequest) (voltrun.Page[voltrun.Execution], error)
	// ExecutionsAfter lists the ids of a function's executions, or with functionID "" of all of the owner's, above id, lowest
	// first, at most limit.
	ExecutionsAfter(ctx context.Context, owner, functionID, id string, limit int) ([]string, error)
	// UnfinishedExecutions lists the ids of those that wait or run, oldest first, at most limit.
	UnfinishedExecutions(ctx context.Context, owner, functionID string, limit int) ([]string, error)
	// Statuses returns the statuses of the owner's executions by id; one that he does not have is left out.
	Statuses(ctx context.Context, owner string, ids []string) (map[string]voltrun.Status, error)
	// CountPending counts the pending executions of all users.
	CountPending(ctx context.Context) (int64, error)

	// Stats sums up the owner's executions that ended within a grid, of one function or, with functionID "", of all.
	Stats(ctx context.Context, owner, functionID string, grid voltrun.StatsGrid) (voltrun.Stats, error)
	// FunctionStats does so for each function that the owner has, newest first, at most voltrun.MaxFunctionStats.
	FunctionStats(ctx context.Context, owner string, grid voltrun.StatsGrid) ([]voltrun.FunctionStats, error)

	// AppendLogs adds lines; a (execution, seq) that exists already is left as it is.
	AppendLogs(ctx context.Context, executionID string, lines []voltrun.LogLine) error
	// Logs returns up to limit lines with seq > after, in order.
	Logs(ctx context.Context, executionID string, after int64, limit int) ([]voltrun.LogLine, error)
	// SearchLogs looks through the lines of many executions, a bounded part of the history a call: see voltrun.LogPage.
	SearchLogs(ctx context.Context, filter voltrun.LogFilter, page voltrun.PageRequest) (voltrun.LogPage, error)
	// PruneExecutions removes terminal executions with their logs: those finished before olderThan,
	// and of each function those beyond the newest keep (0: no such limit). At most limit rows a call; it returns how many.
	PruneExecutions(ctx context.Context, olderThan time.Time, keep, limit int) (int, error)
}

// Request asks for an execution.
type Request struct {
	Owner          string
	Function       string // id or name
	Version        int    // 0: the active one
	Input          []byte // JSON
	Trigger        voltrun.Trigger
	RequestID      string
	IdempotencyKey string
	ReplayOf       string
	Received       time.Time // when the call came in, for the admit phase
}

// Event is one message of a stream, in the order it happened. Exactly one of Log, Status and End is set.
type Event struct {
	ExecutionID  string
	FunctionID   string
	FunctionName string
	Log          *voltrun.LogLine   // a log line
	Status       voltrun.Status     // a change of status
	End          *voltrun.Execution // the end, with the whole execution; the last event of an execution
	// Cursor resumes the stream of a function, or of everything, right after this event; empty on an execution's stream, which resumes by seq.
	Cursor string
}

// Stream delivers events to one watcher at the watcher's own pace: it pulls from what is
// recorded, so a slow watcher neither blocks the execution nor misses or repeats anything.
type Stream interface {
	// Next waits for the next event. io.EOF follows the End of a single watched execution.
	Next(ctx context.Context) (Event, error)
	Close()
}

// Signals wake whoever waits for a topic, on this node or another. They are hints:
// one may be lost or come twice, so every waiter also looks by itself from time to time.
// In-memory and Redis drivers pass one suite.
type Signals interface {
	// Notify wakes the subscribers of topic. It never blocks.
	Notify(topic string)
	// Subscribe returns a channel that receives after each Notify; several may be one. Call cancel when done.
	Subscribe(topic string) (wake <-chan struct{}, cancel func())
}

// Topics of signals.
const topicQueue = "queue" // a pending execution was added

func topicExecution(id string) string { return "execution:" + id }
func topicFunction(id string) string  { return "function:" + id }
func topicOwner(id string) string     { return "owner:" + id }

// topics are where an execution is announced.
type topics [3]string

func topicsOf(e *voltrun.Execution) topics {
	return topics{topicExecution(e.ID), topicFunction(e.FunctionID), topicOwner(e.OwnerID)}
}

// The methods of Service that package api calls:
//
//	Execute(ctx, Request) (*voltrun.Execution, error)  waits until it is finished; Logs is filled
//	Submit(ctx, Request) (*voltrun.Execution, error)   durable and pending when it returns
//	Cancel(ctx, owner, id string) (*voltrun.Execution, error)
//	Replay(ctx, owner, id string, version int, requestID string) (*voltrun.Execution, error)
//	Get(ctx, owner, id string) (*voltrun.Execution, error)  Logs is filled
//	List(ctx, filter, page) (voltrun.Page[voltrun.Execution], error)
//	Logs(ctx, owner, id string, after int64, limit int) ([]voltrun.LogLine, int64 truncatedBytes, error)
//	Stats(ctx, owner, functionID string, voltrun.StatsRange) (voltrun.Stats, error)
//	FunctionStats(ctx, owner string, voltrun.StatsRange) (voltrun.StatsGrid, []voltrun.FunctionStats, error)
//	WatchExecution(ctx, owner, id string, after int64) (Stream, error)
//	SearchLogs(ctx, filter, page) (voltrun.LogPage, error)
//	WatchFunction(ctx, owner, ref, cursor string) (Stream, error)  cursor "" starts now
//	WatchAll(ctx, owner, cursor string) (Stream, error)  the same over all functions
//	Ready(ctx) error
