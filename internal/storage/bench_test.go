package storage_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/storage"
)

// The benchmarks run on both databases:
//
//	go test ./internal/storage -run '^$' -bench . -benchtime 2s

var databases = []struct {
	name string
	open func(testing.TB) *storage.DB
}{{"sqlite", openSQLite}, {"postgres", openPostgreSQL}}

const (
	benchOwner    = "usr_BENCH"
	benchFunction = "fn_BENCH"
)

// rowsOnRecord is what a server with some history has.
const rowsOnRecord = 100_000

// benchExecution is what a small synchronous call leaves.
func benchExecution(status voltrun.Status) *voltrun.Execution {
	now := time.Now()
	lease := now.Add(time.Minute)
	e := &voltrun.Execution{ID: voltrun.NewID(voltrun.PrefixExecution), OwnerID: benchOwner, FunctionID: benchFunction, FunctionName: "hello",
		Version: 1, Status: status, Trigger: voltrun.TriggerAPI, Start: voltrun.StartWarm, Input: []byte(`{"name":"Ada"}`),
		CreatedAt: now, StartedAt: &now, RequestID: voltrun.NewID(voltrun.PrefixRequest), Attempt: 1, MaxAttempts: 1, Worker: "node_1"}
	if !status.Terminal() {
		e.LeaseUntil = &lease
		return e
	}
	return benchFinish(e)
}

func benchFinish(e *voltrun.Execution) *voltrun.Execution {
	end, ended := time.Now(), *e
	ended.Status, ended.FinishedAt, ended.Duration, ended.Output = voltrun.StatusSuccess, &end, time.Millisecond, []byte(`{"hello":"Ada"}`)
	ended.Phases = []voltrun.Phase{{Name: voltrun.PhaseAdmit, Duration: 50 * time.Microsecond}, {Name: voltrun.PhaseAcquire, Duration: 9 * time.Microsecond},
		{Name: voltrun.PhaseHandler, Duration: time.Millisecond}, {Name: voltrun.PhaseRecord, Duration: 100 * time.Microsecond}}
	return &ended
}

// benchBatches is n executions, rounded up, in batches of size.
func benchBatches(n, size int, status voltrun.Status) [][]*voltrun.Execution {
	var batches [][]*voltrun.Execution
	for done := 0; done < n; done += size {
		batches = append(batches, benchBatch(size, status))
	}
	return batches
}

func benchBatch(n int, status voltrun.Status) []*voltrun.Execution {
	batch := make([]*voltrun.Execution, n)
	for i := range batch {
		batch[i] = benchExecution(status)
	}
	return batch
}

// BenchmarkInsert and the next three take one operation as one row.
func BenchmarkInsert(b *testing.B) {
	eachBatch(b, []int{1, 7, 8, 15, 16, 200}, func(b *testing.B, db *storage.DB, size int) func() {
		batches := benchBatches(b.N, size, voltrun.StatusSuccess)
		return func() {
			for _, batch := range batches {
				insert(b, db, batch)
			}
		}
	})
}

func BenchmarkFinish(b *testing.B) {
	eachBatch(b, []int{1, 7, 8, 15, 16, 200}, func(b *testing.B, db *storage.DB, size int) func() {
		batches := benchBatches(b.N, size, voltrun.StatusRunning)
		for _, batch := range batches {
			insert(b, db, batch)
			for i := range batch {
				batch[i] = benchFinish(batch[i])
			}
		}
		return func() {
			for _, batch := range batches {
				written, err := db.FinishExecutions(b.Context(), batch)
				if err != nil || !written[0] {
					b.Fatal(written, err)
				}
			}
		}
	})
}

func BenchmarkAppendLogs(b *testing.B) {
	eachBatch(b, []int{1, 10}, func(b *testing.B, db *storage.DB, size int) func() {
		lines := make([]voltrun.LogLine, size)
		for i := range lines {
			lines[i] = voltrun.LogLine{Seq: int64(i + 1), Time: time.Now(), Stream: voltrun.StreamStdout, Text: "a line of the log"}
		}
		return func() {
			for done := 0; done < b.N; done += size {
				if err := db.AppendLogs(b.Context(), voltrun.NewID(voltrun.PrefixExecution), lines); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// BenchmarkRecord is a call that logs a line: row and line in one transaction.
func BenchmarkRecord(b *testing.B) {
	eachBatch(b, []int{1, 8, 16}, func(b *testing.B, db *storage.DB, size int) func() {
		batches := benchBatches(b.N, size, voltrun.StatusSuccess)
		lines := []voltrun.LogLine{{Seq: 1, Time: time.Now(), Stream: voltrun.StreamStdout, Text: "a line of the log"}}
		return func() {
			for _, batch := range batches {
				logs := make(map[string][]voltrun.LogLine, size)
				for _, e := range batch {
					logs[e.ID] = lines
				}
				if _, _, err := db.Record(b.Context(), batch, nil, logs); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// BenchmarkQueue is the life of an asynchronous execution: what each step costs.
func BenchmarkQueue(b *testing.B) {
	steps := []struct {
		name string
		do   func(context.Context, *storage.DB) error
	}{
		{"claim", func(ctx context.Context, db *storage.DB) error {
			e, err := db.ClaimExecution(ctx, "", "node_1", nil, time.Now(), time.Now().Add(time.Minute))
			if err == nil && e == nil {
				err = errors.New("nothing to claim")
			}
			return err
		}},
		{"claim-busy", func(ctx context.Context, db *storage.DB) error {
			e, err := db.ClaimExecution(ctx, "", "node_1", []string{"fn_BUSY"}, time.Now(), time.Now().Add(time.Minute))
			if err == nil && e == nil {
				err = errors.New("nothing to claim")
			}
			return err
		}},
		{"count", func(ctx context.Context, db *storage.DB) error {
			_, err := db.CountPending(ctx)
			return err
		}},
	}
	for _, database := range databases {
		for _, step := range steps {
			b.Run(database.name+"/"+step.name, func(b *testing.B) {
				db := database.open(b)
				waiting := b.N
				if step.name == "count" {
					waiting = 100
				}
				for _, batch := range benchBatches(waiting, 100, voltrun.StatusPending) {
					insert(b, db, batch)
				}
				measure(b, func() {
					for range b.N {
						if err := step.do(b.Context(), db); err != nil {
							b.Fatal(err)
						}
					}
				})
			})
		}
	}
}

// BenchmarkRead shows that what a person looks at costs the same with 10 executions on record as with 100,000.
func BenchmarkRead(b *testing.B) {
	for _, database := range databases {
		for _, rows := range []int{10, 1_000, rowsOnRecord} {
			b.Run(fmt.Sprintf("%s/rows=%d", database.name, rows), func(b *testing.B) {
				db := database.open(b)
				var middle string
				for stored := 0; stored < rows; {
					batch := benchBatch(min(200, rows-stored), voltrun.StatusSuccess)
					insert(b, db, batch)
					if stored += len(batch); stored >= rows/2 && middle == "" {
						middle = batch[0].ID
					}
				}
				benchReads(b, db, middle)
			})
		}
	}
}

func benchReads(b *testing.B, db *storage.DB, id string) {
	list := func(filter voltrun.ExecutionFilter) func(context.Context) error {
		filter.OwnerID = benchOwner
		return func(ctx context.Context) error {
			_, err := db.ListExecutions(ctx, filter, voltrun.PageRequest{Size: 10})
			return err
		}
	}
	for _, read := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"list", list(voltrun.ExecutionFilter{})},
		{"list-function", list(voltrun.ExecutionFilter{FunctionID: benchFunction})},
		{"list-status", list(voltrun.ExecutionFilter{Statuses: []voltrun.Status{voltrun.StatusFailed}})},
		{"list-success", list(voltrun.ExecutionFilter{Statuses: []voltrun.Status{voltrun.StatusSuccess}})},
		{"list-trigger", list(voltrun.ExecutionFilter{Trigger: voltrun.TriggerReplay})},
		{"list-query", list(voltrun.ExecutionFilter{Query: "needle"})},
		{"prune-nothing", func(ctx context.Context) error {
			_, err := db.PruneExecutions(ctx, time.Now().Add(-time.Hour), rowsOnRecord, 100)
			return err
		}},
		{"read", func(ctx context.Context) error {
			_, err := db.Execution(ctx, benchOwner, id)
			return err
		}},
		{"insert", func(ctx context.Context) error {
			_, err := db.InsertExecutions(ctx, benchBatch(1, voltrun.StatusSuccess))
			return err
		}},
	} {
		b.Run(read.name, func(b *testing.B) {
			measure(b, func() {
				for range b.N {
					if err := read.do(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// eachBatch prepares with run, outside of the measurement, and measures what run returns.
func eachBatch(b *testing.B, sizes []int, run func(b *testing.B, db *storage.DB, size int) func()) {
	for _, database := range databases {
		for _, size := range sizes {
			b.Run(fmt.Sprintf("%s/batch=%d", database.name, size), func(b *testing.B) {
				measure(b, run(b, database.open(b), size))
			})
		}
	}
}

// measure reports the processor time of this process for each of b.N operations, which other load on the machine
// does not change as much as the wall time. PostgreSQL's own time is not in it.
func measure(b *testing.B, do func()) {
	runtime.GC()
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime(b)
	do()
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "cpu-us/op")
}

func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func insert(b *testing.B, db *storage.DB, batch []*voltrun.Execution) {
	if _, err := db.InsertExecutions(b.Context(), batch); err != nil {
		b.Fatal(err)
	}
}
