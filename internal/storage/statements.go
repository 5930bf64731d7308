package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strconv"
	"strings"
)

// What happens for every execution goes through database/sql on texts that are made once: building a statement in
// GORM costs as much as running it. The connections keep what they have prepared, see sqliteConn; pgx does the same.

// statements are the texts of the hot path in the words of the database.
type statements struct {
	insert, insertKeyed, finish, addStats, insertLogs sized
	earlier, storedLogs, execution, executionByKey    string
	claimID, claimOldest, claimFunction, countPending string
	cancelPending, takeStats                          string
	insertOne, finishOne                              string // of PostgreSQL
}

func newStatements(d dialect) statements {
	return statements{
		insert: d.sized(insertText(false)), insertKeyed: d.sized(insertText(true)), finish: d.sized(d.finishText),
		addStats: d.sized(addStatsText), insertLogs: d.sized(insertLogsText),
		earlier:        d.text("SELECT id FROM executions WHERE " + byKey),
		storedLogs:     d.text(storedLogsText),
		execution:      d.text("SELECT " + allColumns + " FROM executions WHERE id = ? AND owner_id = ?"),
		executionByKey: d.text("SELECT " + allColumns + " FROM executions WHERE " + byKey),
		claimID:        d.claimText(" AND id = ?"),
		claimOldest:    d.claimText(""),
		claimFunction:  d.claimText(" AND function_id = ?"),
		cancelPending:  d.text(cancelPendingText),
		takeStats:      d.text(takeStatsText),
		insertOne:      d.text(insertOneText()),
		finishOne:      d.text(d.finishOneText()),
		countPending:   "SELECT COUNT(*) FROM executions WHERE status = 'pending'",
	}
}

// byKey finds the execution with an idempotency key; the last part is what makes the index fit.
const byKey = "owner_id = ? AND function_id = ? AND idempotency_key = ? AND idempotency_key <> ''"

// sized is one statement for every chunkSize, by the number of rows.
type sized [maxChunk + 1]string

// sized makes the statement that build writes for a number of rows.
func (d dialect) sized(build func(rows int) string) (made sized) {
	for rows := 1; rows <= maxChunk; rows++ {
		if rows == chunkSize(rows) {
			made[rows] = d.text(build(rows))
		}
	}
	return made
}

// text numbers the placeholders of a statement where the database wants that.
func (d dialect) text(statement string) string {
	if !d.numbered {
		return statement
	}
	var out strings.Builder
	parts := strings.Split(statement, "?")
	for i, part := range parts[:len(parts)-1] {
		out.WriteString(part + "$" + strconv.Itoa(i+1))
	}
	return out.String() + parts[len(parts)-1]
}

// session runs statements: a pool, one connection of it, or a transaction.
type session interface {
	ExecContext(ctx context.Context, statement string, arguments ...any) (sql.Result, error)
	QueryContext(ctx context.Context, statement string, arguments ...any) (*sql.Rows, error)
}

// beginner is a session that can begin a transaction.
type beginner interface {
	session
	BeginTx(ctx context.Context, options *sql.TxOptions) (*sql.Tx, error)
}

// on lets use run statements of the hot path on a connection of pool. With SQLite only waiting for the
// connection can be canceled: such a statement is shorter than what it takes to watch a context.
func (db *DB) on(ctx context.Context, pool *sql.DB, use func(ctx context.Context, conn beginner) error) error {
	if db.dialect.numbered {
		return use(ctx, pool)
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() // reports nothing but that the connection broke, which use has seen
	return use(context.WithoutCancel(ctx), conn)
}

// write runs change in one transaction of the hot path, again when the database asks for it. See transact.
func (db *DB) write(ctx context.Context, doing string, change func(ctx context.Context, tx session) error) error {
	var err error
	for range maxTries {
		err = db.on(ctx, db.writerPool(), func(ctx context.Context, conn beginner) error { return inTransaction(ctx, conn, change) })
		if err == nil || !lostRace(err) {
			break
		}
	}
	db.checkpoints.wrote()
	return failure(doing, err)
}

func inTransaction(ctx context.Context, conn beginner, change func(ctx context.Context, tx session) error) error {
	if one, ok := conn.(*sql.Conn); ok {
		return inBareTransaction(ctx, one, change)
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	if err := change(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// inBareTransaction is inTransaction on a connection of SQLite without database/sql's own transaction, whose goroutine that
// watches the context would cost a tenth of a small one.
func inBareTransaction(ctx context.Context, conn *sql.Conn, change func(ctx context.Context, tx session) error) error {
	var tx driver.Tx
	err := conn.Raw(func(bare any) (err error) {
		tx, err = bare.(*sqliteConn).BeginTx(ctx, driver.TxOptions{})
		return err
	})
	if err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed { // an error, or a panic; without a transaction this does nothing
			_ = conn.Raw(func(any) error { return tx.Rollback() })
		}
	}()
	if err := change(ctx, conn); err != nil {
		return err
	}
	committed = true
	return conn.Raw(func(any) error { return tx.Commit() })
}

// writeOne runs a change that is a single statement, and so a transaction of its own.
func (db *DB) writeOne(ctx context.Context, doing string, change func(ctx context.Context, conn session) error) error {
	err := db.on(ctx, db.writerPool(), func(ctx context.Context, conn beginner) error { return change(ctx, conn) })
	db.checkpoints.wrote()
	return failure(doing, err)
}

// read runs scan for every row of a query of the hot path that changes nothing.
func (db *DB) read(ctx context.Context, doing string, scan func(rows *sql.Rows) error, text string, arguments ...any) error {
	err := db.on(ctx, db.readerPool(), func(ctx context.Context, conn beginner) error { return query(ctx, conn, scan, text, arguments...) })
	return failure(doing, err)
}

// query runs scan for every row of a query of the hot path, on a session that is at hand.
func query(ctx context.Context, on session, scan func(rows *sql.Rows) error, text string, arguments ...any) error {
	rows, err := on.QueryContext(ctx, text, arguments...)
	if err != nil {
		return err
	}
	return eachRow(rows, scan)
}

// eachRow runs scan for every row and reports every way in which reading can fail.
func eachRow(rows *sql.Rows, scan func(rows *sql.Rows) error) error {
	for rows.Next() {
		if err := scan(rows); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	// A statement that writes is committed when its last row is read or it is closed.
	return errors.Join(rows.Err(), rows.Close())
}

// The first pool takes every change, the last one the reads.
func (db *DB) writerPool() *sql.DB { return db.pools[0] }
func (db *DB) readerPool() *sql.DB { return db.pools[len(db.pools)-1] }
