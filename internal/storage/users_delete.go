package storage

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/voltrun/voltrun"
)

// DeleteUser removes the account with its sessions, keys and functions in one transaction, after which nothing of it can be
// reached and its e-mail address is free. It returns the ids of the sessions and keys that ended. What may be much,
// executions with their logs and code, is left to PruneDeletedUsers.
func (db *DB) DeleteUser(ctx context.Context, id string, at time.Time) (ended []string, err error) {
	if !plain(id) {
		return nil, notFound("user")
	}
	err = db.transact(ctx, "deleting the account", func(tx *gorm.DB) error {
		result := tx.Exec("DELETE FROM users WHERE id = ?", id)
		if result.Error != nil {
			return result.Error
		}
		if result.RowsAffected == 0 {
			return notFound("user")
		}
		if err := tx.Exec("INSERT INTO deleted_users (id, deleted_at) VALUES (?, ?)", id, micros(at)).Error; err != nil {
			return err
		}
		ended, err = stripUser(tx, id, at)
		return err
	})
	return ended, err
}

// stripUser removes the sessions, keys and functions of a user, and returns the ids of the first two.
func stripUser(tx *gorm.DB, id string, at time.Time) (ended []string, err error) {
	for _, table := range []string{"sessions", "api_keys"} {
		gone, err := texts(tx.Raw("DELETE FROM "+table+" WHERE user_id = ? RETURNING id", id))
		if err != nil {
			return nil, err
		}
		ended = append(ended, gone...)
	}
	for _, table := range []string{"function_values", "test_events"} {
		if err := tx.Exec("DELETE FROM "+table+" WHERE function_id IN (SELECT id FROM functions WHERE owner_id = ? AND deleted_at IS NULL)", id).Error; err != nil {
			return nil, err
		}
	}
	return ended, tx.Exec("UPDATE functions SET deleted_at = ? WHERE owner_id = ? AND deleted_at IS NULL", micros(at), id).Error
}

// PruneDeletedUsers removes executions of deleted users with their logs and statistics, at most limit rows a call, and returns how many: call it
// again until that is less than limit. A user is done with once nothing is left and the account was deleted before
// settled: until then a call that was under way may still have added something.
func (db *DB) PruneDeletedUsers(ctx context.Context, settled time.Time, limit int) (int, error) {
	const doing = "removing what deleted users had"
	users, err := texts(db.reader.WithContext(ctx).Raw("SELECT id FROM deleted_users ORDER BY id"))
	if err != nil {
		return 0, failure(doing, err)
	}
	removed := 0
	for _, user := range users {
		if removed >= limit {
			break
		}
		n, err := db.pruneDeletedUser(ctx, user, settled, limit-removed)
		removed += n
		if err != nil {
			return removed, failure(doing, err)
		}
	}
	return removed, nil
}

func (db *DB) pruneDeletedUser(ctx context.Context, user string, settled time.Time, limit int) (int, error) {
	if err := db.transact(ctx, "removing what a deleted user had", func(tx *gorm.DB) error {
		_, err := stripUser(tx, user, time.Now())
		return err
	}); err != nil {
		return 0, err
	}
	ids, err := texts(db.reader.WithContext(ctx).Raw("SELECT id FROM executions WHERE owner_id = ? AND "+terminal+" ORDER BY id LIMIT ?", user, limit))
	if err != nil {
		return 0, err
	}
	removed, err := db.removeExecutions(ctx, ids)
	if err != nil {
		return removed, err
	}
	if removed < limit {
		n, err := db.removeStats(ctx, user, limit-removed)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	if removed == limit {
		return removed, nil
	}
	return removed, db.writer.WithContext(ctx).Exec(`DELETE FROM deleted_users WHERE id = ? AND deleted_at < ?
		AND NOT EXISTS (SELECT 1 FROM executions e WHERE e.owner_id = deleted_users.id)
		AND NOT EXISTS (SELECT 1 FROM execution_stats s WHERE s.owner_id = deleted_users.id)`, user, micros(settled)).Error
}

// CancelPendingOf takes up to limit pending executions of an owner to canceled and returns how many: call it again until that is less.
func (db *DB) CancelPendingOf(ctx context.Context, owner string, now time.Time, limit int) (int, error) {
	failed, search, err := canceledPending()
	if err != nil {
		return 0, err
	}
	canceled := 0
	err = db.write(ctx, "canceling the executions of an owner", func(ctx context.Context, tx session) (err error) {
		canceled, err = db.cancelRows(ctx, tx, db.dialect.text(`UPDATE executions SET status = 'canceled', finished_at = ?, error = ?, search = search || CAST(? AS TEXT)
			WHERE status = 'pending' AND id IN (SELECT id FROM executions WHERE status = 'pending' AND owner_id = ? ORDER BY id LIMIT ?)
			RETURNING `+summaryColumns), micros(now), failed, search, owner, int64(limit))
		return err
	})
	return canceled, err
}

// canceledPending is the error of an execution that was canceled before it started, as encodeError returns it.
func canceledPending() (column any, search string, err error) {
	column, search, err = encodeError(&voltrun.ExecutionError{Type: voltrun.ErrorCanceled, Message: "The execution was canceled before it started."})
	if err != nil {
		return nil, "", voltrun.Internal("canceling executions", err)
	}
	return column, search, nil
}
