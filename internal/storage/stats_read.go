package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/voltrun/voltrun"
)

// statsRow is what is read of the roll-up: rows of it, added up.
type statsRow struct {
	function                string
	point                   int64 // a minute of Unix time
	status                  string
	cold, bucket            int64
	executions              int64
	maxDuration, memoryPeak int64
}

// within is the condition of a grid on an owner's roll-up; it names every width, so that the key leads to the rows.
const within = ` FROM execution_stats WHERE owner_id = ? AND width IN (1, 15, 180, 1440) AND minute >= ? AND minute < ?`

// summed are the columns that a group of rows adds up to.
const summed = `CAST(SUM(executions) AS BIGINT), MAX(max_duration_us), MAX(memory_peak_bytes)`

// statsMinutes are the borders and the step of a grid in minutes.
func statsMinutes(g voltrun.StatsGrid) (from, to, step int64) {
	return g.From.Unix() / 60, g.To().Unix() / 60, int64(g.Step / time.Minute)
}

// Stats sums up the owner's executions that ended within a grid, of one function or, with functionID "", of all. The steps of
// the grid must be whole minutes, and no finer than what compaction has left.
func (db *DB) Stats(ctx context.Context, owner, functionID string, grid voltrun.StatsGrid) (voltrun.Stats, error) {
	if !plain(functionID) {
		functionID = "none" // there is no such function
	}
	var total tally
	points := make([]tally, grid.Steps)
	from, to, step := statsMinutes(grid)
	condition, arguments := "", []any{step, owner, from, to}
	if functionID != "" {
		condition, arguments = " AND function_id = ?", append(arguments, functionID)
	}
	err := db.read(ctx, "reading statistics", func(rows *sql.Rows) error {
		var r statsRow
		err := rows.Scan(&r.point, &r.status, &r.cold, &r.bucket, &r.executions, &r.maxDuration, &r.memoryPeak)
		if err == nil {
			total.add(r)
			points[(r.point-from)/step].add(r)
		}
		return err
	}, db.dialect.text("SELECT minute - minute % ? AS point, status, cold, bucket, "+summed+within+condition+" GROUP BY 1, 2, 3, 4"), arguments...)
	stats := voltrun.Stats{Grid: grid, Total: total.sum(), Points: make([]voltrun.StatsPoint, grid.Steps)}
	for i := range points {
		stats.Points[i] = voltrun.StatsPoint{Time: grid.From.Add(time.Duration(i) * grid.Step), Tally: points[i].sum()}
	}
	return stats, err
}

// FunctionStats sums up the executions that ended within a grid for each function that the owner has, newest first, at most
// voltrun.MaxFunctionStats. See Stats.
func (db *DB) FunctionStats(ctx context.Context, owner string, grid voltrun.StatsGrid) ([]voltrun.FunctionStats, error) {
	functions, err := db.lastExecutions(ctx, owner)
	if err != nil {
		return nil, err
	}
	index := make(map[string]int, len(functions))
	totals := make([]tally, len(functions))
	for i := range functions {
		index[functions[i].FunctionID] = i
		functions[i].Points = make([]voltrun.ErrorPoint, grid.Steps)
		for p := range functions[i].Points {
			functions[i].Points[p].Time = grid.From.Add(time.Duration(p) * grid.Step)
		}
	}
	from, to, step := statsMinutes(grid)
	err = db.read(ctx, "reading statistics", func(rows *sql.Rows) error {
		var r statsRow
		err := rows.Scan(&r.function, &r.status, &r.cold, &r.bucket, &r.executions, &r.maxDuration, &r.memoryPeak)
		if i, listed := index[r.function]; err == nil && listed {
			totals[i].add(r)
		}
		return err
	}, db.dialect.text("SELECT function_id, status, cold, bucket, "+summed+within+" GROUP BY 1, 2, 3, 4"), owner, from, to)
	if err != nil {
		return nil, err
	}
	err = db.read(ctx, "reading statistics", func(rows *sql.Rows) error {
		var function string
		var point, executions, failed int64
		err := rows.Scan(&function, &point, &executions, &failed)
		if i, listed := index[function]; err == nil && listed {
			p := &functions[i].Points[(point-from)/step]
			p.Executions, p.Errors = executions, failed
		}
		return err
	}, db.dialect.text(`SELECT function_id, minute - minute % ? AS point, CAST(SUM(executions) AS BIGINT),
		CAST(SUM(CASE WHEN status IN ('failed', 'timeout') THEN executions ELSE 0 END) AS BIGINT)`+within+" GROUP BY 1, 2"), step, owner, from, to)
	for i := range functions {
		functions[i].Total = totals[i].sum()
	}
	return functions, err
}

// lastExecutions lists the owner's functions, newest first, with the newest execution of each.
func (db *DB) lastExecutions(ctx context.Context, owner string) ([]voltrun.FunctionStats, error) {
	var functions []voltrun.FunctionStats
	err := db.read(ctx, "listing functions", func(rows *sql.Rows) error {
		var function string
		var id, status sql.NullString
		var created, duration sql.NullInt64
		err := rows.Scan(&function, &id, &status, &created, &duration)
		f := voltrun.FunctionStats{FunctionID: function}
		if id.Valid {
			f.Last = &voltrun.Execution{ID: id.String, OwnerID: owner, FunctionID: function, Status: voltrun.Status(status.String),
				CreatedAt: timeOf(created.Int64), Duration: time.Duration(duration.Int64) * time.Microsecond}
		}
		functions = append(functions, f)
		return err
	}, db.dialect.text(`SELECT f.id, e.id, e.status, e.created_at, e.duration_us
		FROM (SELECT id FROM functions WHERE owner_id = ? AND deleted_at IS NULL ORDER BY id DESC LIMIT ?) f
		LEFT JOIN executions e ON e.id = (SELECT MAX(id) FROM executions WHERE owner_id = ? AND function_id = f.id)
		ORDER BY f.id DESC`), owner, int64(voltrun.MaxFunctionStats), owner)
	return functions, err
}
