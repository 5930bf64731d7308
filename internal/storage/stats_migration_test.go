package storage

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/pgtest"
)

// TestMigrationCountsWhatIsOnRecord upgrades a database of the first schema that has executions.
func TestMigrationCountsWhatIsOnRecord(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"sqlite": filepath.Join(t.TempDir(), "test.db"), "postgres": pgtest.URL(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			db, err := Open(ctx, Config{URL: url})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			provider, err := db.provider()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := provider.UpTo(ctx, 1); err != nil {
				t.Fatal(err)
			}
			now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
			want := insertOld(t, db, now)
			if err := db.Migrate(ctx); err != nil {
				t.Fatal(err)
			}
			got, err := db.Stats(ctx, "usr_1", "", voltrun.StatsDay.Grid(now))
			if err != nil {
				t.Fatal(err)
			}
			if got.Total.Executions != want || got.Total.Cold != want/2 || got.Total.Timeout != 1 || got.Total.MemoryPeakBytes != want {
				t.Errorf("got %+v, want %d executions", got.Total, want)
			}
			if h := got.Total.Handler; h == nil || h.Max != 15*time.Minute || h.P50 < 35*time.Millisecond || h.P50 > 60*time.Millisecond {
				t.Errorf("latency %+v", h)
			}
		})
	}
}

// insertOld adds executions, as the first version did, whose times lie at the borders of the buckets and in between,
// symmetric about 50 ms. It returns how many have ended.
func insertOld(t *testing.T, db *DB, now time.Time) int64 {
	t.Helper()
	ended := int64(0)
	add := func(status voltrun.Status, us int64) {
		ended++
		start := voltrun.StartWarm
		if ended%2 == 0 {
			start = voltrun.StartCold
		}
		e := &voltrun.Execution{ID: voltrun.NewID(voltrun.PrefixExecution), OwnerID: "usr_1", FunctionID: "fn_1", Status: status, Start: start,
			CreatedAt: now, FinishedAt: &now, Duration: time.Duration(us) * time.Microsecond, MemoryPeakBytes: ended}
		values, err := appendInsertValues(nil, e, micros(now))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.writerPool().ExecContext(context.Background(), db.statements.insert[1], values...); err != nil {
			t.Fatal(err)
		}
	}
	for us := int64(1); us <= 15*60*1_000_000; us = us*11/10 + 1 {
		add(voltrun.StatusSuccess, us)
	}
	for len := ended; ended < 2*len; {
		add(voltrun.StatusFailed, 50_000)
	}
	add(voltrun.StatusTimeout, 15*60*1_000_000)
	add(voltrun.StatusSuccess, 0)
	if _, err := db.writerPool().ExecContext(context.Background(), "UPDATE executions SET finished_at = NULL, status = 'running' WHERE duration_us = 0"); err != nil {
		t.Fatal(err)
	}
	return ended - 1
}
