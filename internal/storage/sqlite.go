package storage

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	gormsqlite "github.com/libtnb/sqlite"
	"gorm.io/gorm"
	"modernc.org/sqlite"
)

// sqliteReaders is how many reads run at the same time.
const sqliteReaders = 4

// readerIdleTime is how long an idle reader keeps its memory: its cache and its statements.
const readerIdleTime = 5 * time.Minute

// sqlitePragmas apply to every connection. With WAL and synchronous=NORMAL a committed
// transaction survives the death of the process at any moment. A power failure or a crash of
// the operating system may undo the last ones, but leaves the file consistent.
var sqlitePragmas = []string{
	"busy_timeout(10000)",
	"journal_mode(WAL)",
	"synchronous(NORMAL)",
	"foreign_keys(1)",
	"temp_store(MEMORY)",
	"journal_size_limit(67108864)", // bytes that the log keeps after a checkpoint
	"wal_autocheckpoint(16000)",    // pages, 64 MB; most often the checkpointer is faster
}

func openSQLite(config Config) (*DB, error) {
	path, err := sqlitePath(config.URL)
	if err != nil {
		return nil, err
	}
	if err := createPrivate(path); err != nil {
		return nil, fmt.Errorf("storage: cannot create the database %s: %w", path, err)
	}
	// A transaction of the writer takes the lock at its start: it cannot fail halfway because another process was faster.
	writer, err := openSQLitePool(path, 1, "BEGIN IMMEDIATE", "cache_size(-8192)")
	if err != nil {
		return nil, err
	}
	readers := config.MaxConnections
	if readers <= 0 {
		readers = sqliteReaders
	}
	// What a reader does not keep, the operating system has: several caches would hold the same pages.
	reader, err := openSQLitePool(path, readers, "BEGIN", "cache_size(-2048)", "query_only(1)")
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader.SetConnMaxIdleTime(readerIdleTime)
	checkpoints, err := openSQLitePool(path, 1, "BEGIN", "cache_size(-64)")
	if err != nil {
		return nil, errors.Join(err, writer.Close(), reader.Close())
	}
	db := &DB{checkpoints: startCheckpointer(checkpoints, writer), dialect: dialect{name: "sqlite", bytes: "BLOB"}, pools: []*sql.DB{writer, reader}}
	if db.writer, err = gorm.Open(gormsqlite.Dialector{Conn: writer}, gormConfig()); err == nil {
		db.reader, err = gorm.Open(gormsqlite.Dialector{Conn: reader}, gormConfig())
	}
	if err != nil {
		return nil, errors.Join(failure("opening the database "+path, err), db.Close())
	}
	return db, nil
}

func openSQLitePool(path string, connections int, begin string, pragmas ...string) (*sql.DB, error) {
	dsn := (&url.URL{Scheme: "file", Path: path}).String() + "?_pragma=" + strings.Join(append(pragmas, sqlitePragmas...), "&_pragma=")
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("storage: opening %s: %w", path, err)
	}
	pool := sql.OpenDB(sqliteConnector{connector, begin})
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return pool, nil
}

// sqlitePath takes the absolute path out of sqlite:///path or of a plain path.
func sqlitePath(text string) (string, error) {
	path, isURL := strings.CutPrefix(text, "sqlite://")
	switch {
	case !isURL && strings.Contains(text, "://"):
		scheme, _, _ := strings.Cut(text, "://")
		return "", fmt.Errorf("storage: unknown kind of database %q: use postgres:// or sqlite://", scheme)
	case isURL && !strings.HasPrefix(path, "/"):
		return "", errors.New("storage: sqlite:// takes an absolute path, with three slashes: sqlite:///var/lib/voltrun/voltrun.db")
	case strings.ContainsRune(path, 0):
		return "", errors.New("storage: the path of the database holds a NUL byte")
	}
	return filepath.Abs(path)
}

// createPrivate makes the file readable by its owner only; SQLite gives its other files the same mode.
func createPrivate(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}
