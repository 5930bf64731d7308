// Package storage keeps everything VoltRun remembers, in SQLite or PostgreSQL:
// accounts, functions, executions and their logs.
//
// Both databases hold the same numbers (times as Unix microseconds, durations as
// microseconds) and pass one suite, internal/storage/storagetest. Errors that leave
// the package are *voltrun.Error: not_found, conflict, validation, unavailable when the
// database cannot answer now, and internal for everything else.
package storage

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Config says which database to use.
type Config struct {
	// URL is postgres://…, sqlite:///absolute/path.db or the plain path of an SQLite file.
	URL string
	// MaxConnections bounds the connections to PostgreSQL, or the readers of SQLite. Zero means a default.
	MaxConnections int
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect dialect
	// writer takes every change. SQLite has one connection for it, because it has one writer at a time anyway.
	writer *gorm.DB
	// reader takes reads that need not see an open transaction; with PostgreSQL it is the writer.
	reader *gorm.DB
	pools  []*sql.DB
	// checkpoints is SQLite's; nil with PostgreSQL, which does the same by itself.
	checkpoints *checkpointer
	// statements are what runs for every execution.
	statements statements
	// searches holds a token for each log search under way.
	searches chan struct{}
}

// dialect is what the two databases do not say the same way.
type dialect struct {
	name       string // of the migrations' folder
	bytes      string // the type of a column of bytes
	skipLocked string // ends a SELECT whose rows this statement is going to change
	numbered   bool   // placeholders are $1, $2, …, not ?
}

// Open connects to the database of config. It neither creates nor checks the schema: see Migrate and CheckSchema.
func Open(ctx context.Context, config Config) (*DB, error) {
	var db *DB
	var err error
	switch {
	case strings.TrimSpace(config.URL) == "":
		return nil, errors.New("storage: the database URL is empty: give postgres://… or sqlite:///path/voltrun.db")
	case strings.HasPrefix(config.URL, "postgres://"), strings.HasPrefix(config.URL, "postgresql://"):
		db, err = openPostgres(config)
	default:
		db, err = openSQLite(config)
	}
	if err != nil {
		return nil, err
	}
	db.statements, db.searches = newStatements(db.dialect), make(chan struct{}, maxSearches)
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Close waits for running statements and closes every connection.
func (db *DB) Close() error {
	var errs []error
	if db.checkpoints != nil {
		errs = append(errs, db.checkpoints.close())
	}
	for _, pool := range db.pools {
		errs = append(errs, pool.Close())
	}
	return errors.Join(errs...)
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	for _, pool := range db.pools {
		if err := pool.PingContext(ctx); err != nil {
			return failure("connecting to the database", err)
		}
	}
	return nil
}

// gormConfig leaves transactions to the callers and errors to the return values. GORM's own cache of
// prepared statements stays off: the connections have one each, pgx its own and SQLite's
// that of sqliteConn, which also works inside a transaction without preparing twice.
func gormConfig() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		Logger:                 logger.Discard,
		NowFunc:                func() time.Time { return time.Now().UTC() },
	}
}

// maxTries is how often a transaction that lost against another one (a deadlock, a serialisation failure) is run.
const maxTries = 4

// transact runs change in one transaction, again when the database asks for it.
// change must therefore leave nothing behind but what it wrote through tx.
func (db *DB) transact(ctx context.Context, doing string, change func(tx *gorm.DB) error) error {
	var err error
	for range maxTries {
		if err = db.writer.WithContext(ctx).Transaction(change); err == nil || !lostRace(err) {
			break
		}
	}
	return failure(doing, err)
}

// each runs scan for every row of a query.
func each(query *gorm.DB, scan func(rows *sql.Rows) error) error {
	rows, err := query.Rows()
	if err != nil {
		return err
	}
	return eachRow(rows, scan)
}
