package storage

import (
	"context"
	"database/sql"
	"errors"

	"github.com/voltrun/voltrun"
)

// Setting returns a value that belongs to the whole installation.
func (db *DB) Setting(ctx context.Context, key string) ([]byte, error) {
	var value []byte
	err := db.writer.WithContext(ctx).Raw("SELECT value FROM settings WHERE name = ?", key).Row().Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, notFound("setting " + key)
	}
	return value, failure("reading setting "+key, err)
}

// PutSettingIfAbsent stores value unless key has one, and returns the one it has then: of many callers the first decides.
func (db *DB) PutSettingIfAbsent(ctx context.Context, key string, value []byte) ([]byte, error) {
	if len(value) == 0 {
		return nil, voltrun.Internal("storing setting "+key, errors.New("the value is empty"))
	}
	err := db.writer.WithContext(ctx).Exec("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", key, value).Error
	if err != nil {
		return nil, failure("storing setting "+key, err)
	}
	return db.Setting(ctx, key)
}
