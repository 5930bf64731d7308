package storage

import (
	"context"
	"database/sql"
)

// Kind names the database: "sqlite" or "postgresql".
func (db *DB) Kind() string {
	if db.dialect.numbered {
		return "postgresql"
	}
	return "sqlite"
}

// Size is how much room the database takes on disk, in bytes, without SQLite's log.
func (db *DB) Size(ctx context.Context) (int64, error) {
	text := "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
	if db.dialect.numbered {
		text = "SELECT pg_database_size(current_database())"
	}
	var size int64
	err := db.read(ctx, "measuring the database", func(rows *sql.Rows) error { return rows.Scan(&size) }, text)
	return size, err
}
