package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/voltrun/voltrun"
)

// keyRow is a row of api_keys.
type keyRow struct {
	ID         string
	UserID     string
	Name       string
	Prefix     string
	Hash       []byte
	Scopes     string // JSON
	CreatedAt  int64  `gorm:"autoCreateTime:false"`
	ExpiresAt  *int64
	LastUsedAt *int64
	RevokedAt  *int64
}

func (keyRow) TableName() string { return "api_keys" }

func (r keyRow) key() (voltrun.APIKey, error) {
	key := voltrun.APIKey{ID: r.ID, UserID: r.UserID, Name: r.Name, Prefix: r.Prefix, Hash: r.Hash, CreatedAt: timeOf(r.CreatedAt),
		ExpiresAt: timeOrNil(r.ExpiresAt), LastUsedAt: timeOrNil(r.LastUsedAt), RevokedAt: timeOrNil(r.RevokedAt)}
	if err := json.Unmarshal([]byte(r.Scopes), &key.Scopes); err != nil {
		return voltrun.APIKey{}, fmt.Errorf("scopes of API key %s: %w", r.ID, err)
	}
	return key, nil
}

// CreateKey adds an API key.
func (db *DB) CreateKey(ctx context.Context, key voltrun.APIKey) error {
	scopes, err := encode(key.Scopes)
	if err != nil {
		return voltrun.Internal("encoding the key's scopes", err)
	}
	return failure("creating the API key", db.writer.WithContext(ctx).Create(&keyRow{ID: key.ID, UserID: key.UserID, Name: key.Name, Prefix: key.Prefix,
		Hash: key.Hash, Scopes: scopes, CreatedAt: micros(key.CreatedAt), ExpiresAt: microsOrNull(key.ExpiresAt),
		LastUsedAt: microsOrNull(key.LastUsedAt), RevokedAt: microsOrNull(key.RevokedAt)}).Error)
}

// KeyByHash returns the key with this hash, also one that is revoked or has expired.
func (db *DB) KeyByHash(ctx context.Context, hash []byte) (voltrun.APIKey, error) {
	var row keyRow
	if err := db.reader.WithContext(ctx).Where("hash = ?", hash).Take(&row).Error; err != nil {
		return voltrun.APIKey{}, oneOf(failure("reading the API key", err), voltrun.CodeNotFound, "API key not found")
	}
	key, err := row.key()
	return key, failure("reading the API key", err)
}

// Keys lists the user's keys that are not revoked, newest first.
func (db *DB) Keys(ctx context.Context, userID string) ([]voltrun.APIKey, error) {
	var rows []keyRow
	if err := db.reader.WithContext(ctx).Where("user_id = ? AND revoked_at IS NULL", userID).Order("id DESC").Find(&rows).Error; err != nil {
		return nil, failure("listing API keys", err)
	}
	keys := make([]voltrun.APIKey, len(rows))
	for i, row := range rows {
		var err error
		if keys[i], err = row.key(); err != nil {
			return nil, failure("listing API keys", err)
		}
	}
	return keys, nil
}

// RevokeKey revokes the user's key and returns it; one that is revoked already is not found.
func (db *DB) RevokeKey(ctx context.Context, userID, id string, at time.Time) (voltrun.APIKey, error) {
	if !plain(id) {
		return voltrun.APIKey{}, notFound("API key")
	}
	var row keyRow
	result := db.writer.WithContext(ctx).Model(&row).Clauses(clause.Returning{}).
		Where("id = ? AND user_id = ? AND revoked_at IS NULL", id, userID).UpdateColumn("revoked_at", micros(at))
	if result.Error == nil && result.RowsAffected == 0 {
		return voltrun.APIKey{}, notFound("API key")
	}
	if result.Error != nil {
		return voltrun.APIKey{}, failure("revoking the API key", result.Error)
	}
	key, err := row.key()
	return key, failure("revoking the API key", err)
}

// TouchKeys records when keys (id → time) were last used; a time before the recorded one is left out.
func (db *DB) TouchKeys(ctx context.Context, used map[string]time.Time) error {
	return db.transact(ctx, "recording the use of API keys", func(tx *gorm.DB) error {
		for ids := range chunks(slices.Sorted(maps.Keys(used))) {
			var arguments []any
			for _, id := range ids {
				arguments = append(arguments, id, micros(used[id]))
			}
			if err := tx.Exec("WITH used (id, at) AS (VALUES "+typedTuples([]string{"TEXT", "BIGINT"}, len(ids))+`)
				UPDATE api_keys SET last_used_at = used.at FROM used
				WHERE api_keys.id = used.id AND (api_keys.last_used_at IS NULL OR api_keys.last_used_at < used.at)`, arguments...).Error; err != nil {
				return err
			}
		}
		return nil
	})
}
