package storage

import (
	"context"

	"github.com/voltrun/voltrun"
)

// Record adds executions, ends others and appends log lines (execution id → lines), all in one transaction: what many
// executions have to record costs little more together than one alone. It answers like InsertExecutions and
// FinishExecutions, and treats lines like AppendLogs.
func (db *DB) Record(ctx context.Context, inserts, finishes []*voltrun.Execution, logs map[string][]voltrun.LogLine) (earlier []string, written []bool, err error) {
	in, err := newInsertion(inserts)
	if err != nil {
		return nil, nil, err
	}
	end, err := newEnding(finishes)
	if err != nil {
		return nil, nil, err
	}
	change := func(ctx context.Context, on session) error {
		if err := db.insert(ctx, on, in); err != nil {
			return err
		}
		if err := db.finish(ctx, on, end); err != nil {
			return err
		}
		if err := db.addStats(ctx, on, statsOf(in, end)); err != nil {
			return err
		}
		return db.appendLogs(ctx, on, logs)
	}
	const doing = "recording executions"
	switch { // one statement is a transaction of its own
	case db.dialect.numbered && len(logs) == 0 && len(inserts)+len(finishes) == 1 && len(in.keyed) == 0:
		err = db.writeOne(ctx, doing, func(ctx context.Context, on session) error { return db.recordOne(ctx, on, in, end) })
	case len(logs) == 0 && len(finishes) == 0 && in.single():
		err = db.writeOne(ctx, doing, change)
	default:
		err = db.write(ctx, doing, change)
	}
	return in.earlier, end.written, err
}

// statsOf sums up the executions that were ended by what has been written.
func statsOf(in *insertion, end *ending) (sums statsSums) {
	for i, e := range in.rows {
		if in.finished[i] != 0 && in.earlier[i] == "" {
			sums.add(e, in.finished[i])
		}
	}
	for i, e := range end.rows {
		if end.written[i] {
			sums.add(e, end.finished[i])
		}
	}
	return sums
}

// InsertExecutions adds executions, pending, running or terminal, in one transaction.
// One whose (owner, function, idempotency key) exists already is left out, and the
// id of the earlier one is returned at its index; the other indexes hold "".
func (db *DB) InsertExecutions(ctx context.Context, rows []*voltrun.Execution) ([]string, error) {
	earlier, _, err := db.Record(ctx, rows, nil, nil)
	return earlier, err
}

// FinishExecutions writes terminal states in one transaction, each guarded by (id, attempt,
// status=running or, for a canceled one, pending). It reports for each row whether it was
// written: false means that a later attempt or another terminal state won.
func (db *DB) FinishExecutions(ctx context.Context, rows []*voltrun.Execution) ([]bool, error) {
	_, written, err := db.Record(ctx, nil, rows, nil)
	return written, err
}

// AppendLogs adds lines; one whose (execution, seq) exists already is left as it is.
func (db *DB) AppendLogs(ctx context.Context, executionID string, lines []voltrun.LogLine) error {
	if len(lines) == 0 {
		return nil
	}
	_, _, err := db.Record(ctx, nil, nil, map[string][]voltrun.LogLine{executionID: lines})
	return err
}
