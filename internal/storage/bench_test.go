package storage_test

import (
	"context"
	"fmt"
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

func benchBatch(n int, status voltrun.Status) []*voltrun.Execution {
	batch := make([]*voltrun.Execution, n)
	for i := range batch {
		batch[i] = benchExecution(status)
	}
	return batch
}

// BenchmarkInsert and BenchmarkFinish take one operation as one row.
func BenchmarkInsert(b *testing.B) {
	eachBatch(b, func(b *testing.B, db *storage.DB, size int) {
		for done := 0; done < b.N; done += size {
			insert(b, db, benchBatch(size, voltrun.StatusSuccess))
		}
	})
}

func BenchmarkFinish(b *testing.B) {
	eachBatch(b, func(b *testing.B, db *storage.DB, size int) {
		var batches [][]*voltrun.Execution
		for done := 0; done < b.N; done += size {
			batch := benchBatch(size, voltrun.StatusRunning)
			insert(b, db, batch)
			for i := range batch {
				batch[i] = benchFinish(batch[i])
			}
			batches = append(batches, batch)
		}
		b.ResetTimer()
		for _, batch := range batches {
			written, err := db.FinishExecutions(b.Context(), batch)
			if err != nil || !written[0] {
				b.Fatal(written, err)
			}
		}
	})
}

// BenchmarkRead shows that what a person looks at costs the same with 10 executions on record as with 100,000.
func BenchmarkRead(b *testing.B) {
	for _, database := range databases {
		for _, rows := range []int{10, 1_000, 100_000} {
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
		{"list-status", list(voltrun.ExecutionFilter{Status: voltrun.StatusFailed})},
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
			for b.Loop() {
				if err := read.do(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func eachBatch(b *testing.B, run func(b *testing.B, db *storage.DB, size int)) {
	for _, database := range databases {
		for _, size := range []int{1, 16, 100, 200} {
			b.Run(fmt.Sprintf("%s/batch=%d", database.name, size), func(b *testing.B) {
				db := database.open(b)
				b.ResetTimer()
				run(b, db, size)
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}

func insert(b *testing.B, db *storage.DB, batch []*voltrun.Execution) {
	if _, err := db.InsertExecutions(b.Context(), batch); err != nil {
		b.Fatal(err)
	}
}
