package storage

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// postgresConnections bounds what one process takes of the server's 100 default connections.
const postgresConnections = 20

func openPostgres(config Config) (*DB, error) {
	settings, err := pgx.ParseConfig(config.URL)
	if err != nil {
		// The cause would quote the URL, password included.
		return nil, errors.New("storage: the PostgreSQL URL is malformed: it looks like postgres://user:password@host:5432/database")
	}
	if settings.RuntimeParams["application_name"] == "" {
		settings.RuntimeParams["application_name"] = "voltrun"
	}
	if settings.ConnectTimeout == 0 {
		settings.ConnectTimeout = 10 * time.Second
	}
	connections := config.MaxConnections
	if connections <= 0 {
		connections = postgresConnections
	}
	pool := stdlib.OpenDB(*settings)
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	pool.SetConnMaxLifetime(time.Hour)

	db := &DB{
		dialect: dialect{name: "postgres", bytes: "BYTEA", skipLocked: " FOR UPDATE SKIP LOCKED", numbered: true},
		pools:   []*sql.DB{pool},
	}
	// Disabling GORM's ping leaves the first contact to Open, which bounds it.
	gormSettings := gormConfig()
	gormSettings.DisableAutomaticPing = true
	if db.writer, err = gorm.Open(postgres.New(postgres.Config{Conn: pool}), gormSettings); err != nil {
		return nil, errors.Join(fmt.Errorf("storage: opening PostgreSQL: %w", err), db.Close())
	}
	db.reader = db.writer
	return db, nil
}
