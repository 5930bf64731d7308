package storage

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// PruneCode removes functions that were deleted before deletedBefore and have no execution on record any more, with their
// versions and with the code that no other version has. It removes at most limit versions and functions a call
// and returns how many: call it again until that is less than limit.
//
// No other code is ever without a version: both come in one transaction, and versions go here only.
func (db *DB) PruneCode(ctx context.Context, deletedBefore time.Time, limit int) (int, error) {
	if limit <= 0 {
		return 0, nil
	}
	deleted, err := texts(db.reader.WithContext(ctx).Raw(`SELECT id FROM functions
		WHERE deleted_at < ? AND NOT EXISTS (SELECT 1 FROM executions e WHERE e.owner_id = functions.owner_id AND e.function_id = functions.id)
		ORDER BY deleted_at LIMIT ?`, micros(deletedBefore), limit))
	if err != nil {
		return 0, failure("looking for code to remove", err)
	}
	removed := 0
	for _, id := range deleted {
		if removed == limit {
			break
		}
		n, err := db.removeFunction(ctx, id, limit-removed)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	return removed, nil
}

// removeFunction removes up to limit versions of a deleted function with their code, and the function itself if there is
// room for it after the last version.
func (db *DB) removeFunction(ctx context.Context, id string, limit int) (int, error) {
	removed := 0
	err := db.transact(ctx, "removing the code of function "+id, func(tx *gorm.DB) error {
		removed = 0
		if err := db.lockCode(tx, false); err != nil {
			return err
		}
		digests, err := texts(tx.Raw(`DELETE FROM versions WHERE function_id = ? AND number IN (
			SELECT number FROM versions WHERE function_id = ? ORDER BY number LIMIT ?) RETURNING digest`, id, id, limit))
		if err != nil {
			return err
		}
		for chunk := range chunks(digests) {
			if err := tx.Exec("DELETE FROM code_blobs WHERE digest IN ("+placeholders(len(chunk))+
				") AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.digest = code_blobs.digest)", anys(chunk)...).Error; err != nil {
				return err
			}
		}
		removed = len(digests)
		if removed == limit {
			return nil
		}
		result := tx.Exec("DELETE FROM functions WHERE id = ? AND deleted_at IS NOT NULL", id)
		removed += int(result.RowsAffected)
		return result.Error
	})
	return removed, err
}

// lockCode keeps code from being removed as unused while another transaction adds a version that uses it, which
// takes the lock shared. SQLite has one writer only.
func (db *DB) lockCode(tx *gorm.DB, shared bool) error {
	if db.dialect.name != "postgres" {
		return nil
	}
	lock := "pg_advisory_xact_lock"
	if shared {
		lock += "_shared"
	}
	return tx.Exec("SELECT " + lock + "(hashtextextended('voltrun code', 0))").Error
}
