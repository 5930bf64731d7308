package storage

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/voltrun/voltrun"
)

//go:embed migrations
var migrations embed.FS

// Migrate brings the schema to the version of this binary. It only ever goes forward, several processes may
// call it at once, and it refuses a database whose schema is newer than this binary knows.
func (db *DB) Migrate(ctx context.Context) error {
	if err := db.refuseNewer(ctx); err != nil {
		return err
	}
	provider, err := db.provider()
	if err != nil {
		return err
	}
	for {
		before, _, err := provider.GetVersions(ctx)
		if err != nil {
			return failure("reading the schema's version", err)
		}
		_, failed := provider.Up(ctx)
		if failed == nil {
			return db.refuseNewer(ctx)
		}
		// SQLite has no lock beyond a transaction: another process may have applied the same step first.
		// Whoever loses such a race fails as a whole, sees the progress and goes on from there.
		if after, _, err := provider.GetVersions(ctx); err != nil || after == before {
			return failure("migrating the schema", errors.Join(failed, err))
		}
	}
}

// CheckSchema reports why this binary cannot work with the database as it is: its schema is newer, or Migrate has yet to run.
func (db *DB) CheckSchema(ctx context.Context) error {
	current, latest, err := db.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	if current < latest {
		return voltrun.Errorf(voltrun.CodeUnavailable,
			"the database has schema version %d and this voltrun needs %d: run voltrun migrate", current, latest)
	}
	return newer(current, latest)
}

// SchemaVersion returns the version of the database's schema (0: it is empty) and the one this binary knows.
func (db *DB) SchemaVersion(ctx context.Context) (current, latest int64, err error) {
	provider, err := db.provider()
	if err != nil {
		return 0, 0, err
	}
	current, latest, err = provider.GetVersions(ctx)
	return current, latest, failure("reading the schema's version", err)
}

func (db *DB) refuseNewer(ctx context.Context) error {
	current, latest, err := db.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	return newer(current, latest)
}

func newer(current, latest int64) error {
	if current <= latest {
		return nil
	}
	return voltrun.Errorf(voltrun.CodeUnavailable,
		"the database has schema version %d, newer than version %d which this voltrun knows: upgrade the binary, or restore the backup made before the upgrade",
		current, latest)
}

func (db *DB) provider() (*goose.Provider, error) {
	steps, err := fs.Sub(migrations, "migrations/"+db.dialect.name)
	if err != nil {
		return nil, fmt.Errorf("storage: embedded migrations: %w", err)
	}
	options := []goose.ProviderOption{goose.WithTableName("schema_versions"), goose.WithDisableGlobalRegistry(true)}
	dialect := goose.DialectSQLite3
	if db.dialect.name == "postgres" {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, fmt.Errorf("storage: migration lock: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db.pools[0], steps, options...)
	if err != nil {
		return nil, fmt.Errorf("storage: migrations: %w", err)
	}
	return provider, nil
}
