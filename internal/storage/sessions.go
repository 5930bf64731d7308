package storage

import (
	"context"
	"time"

	"github.com/voltrun/voltrun"
)

// sessionRow is a row of sessions.
type sessionRow struct {
	ID          string
	UserID      string
	RefreshHash []byte
	UserAgent   string
	Address     string
	CreatedAt   int64 `gorm:"autoCreateTime:false"`
	RefreshedAt int64
	ExpiresAt   int64
	RevokedAt   *int64
}

func (sessionRow) TableName() string { return "sessions" }

func (r sessionRow) session() voltrun.Session {
	return voltrun.Session{ID: r.ID, UserID: r.UserID, RefreshHash: r.RefreshHash, UserAgent: r.UserAgent, Address: r.Address,
		CreatedAt: timeOf(r.CreatedAt), RefreshedAt: timeOf(r.RefreshedAt), ExpiresAt: timeOf(r.ExpiresAt), RevokedAt: timeOrNil(r.RevokedAt)}
}

// CreateSession adds a session. What a client says of itself is kept readable, not refused: bytes that are no text are replaced.
func (db *DB) CreateSession(ctx context.Context, s voltrun.Session) error {
	return failure("creating the session", db.writer.WithContext(ctx).Create(&sessionRow{ID: s.ID, UserID: s.UserID, RefreshHash: s.RefreshHash,
		UserAgent: readable(s.UserAgent), Address: readable(s.Address), CreatedAt: micros(s.CreatedAt),
		RefreshedAt: micros(s.RefreshedAt), ExpiresAt: micros(s.ExpiresAt), RevokedAt: microsOrNull(s.RevokedAt)}).Error)
}

// Session returns a session, also one that is revoked or has expired.
func (db *DB) Session(ctx context.Context, id string) (voltrun.Session, error) {
	if !plain(id) {
		return voltrun.Session{}, notFound("session")
	}
	var row sessionRow
	err := db.reader.WithContext(ctx).Where("id = ?", id).Take(&row).Error
	return row.session(), oneOf(failure("reading the session", err), voltrun.CodeNotFound, "session not found")
}

// RotateSession replaces the refresh token's hash if oldHash is the current one and the session is not revoked; it reports whether it did.
func (db *DB) RotateSession(ctx context.Context, id string, oldHash, newHash []byte, refreshedAt, expiresAt time.Time) (bool, error) {
	result := db.writer.WithContext(ctx).Exec(`UPDATE sessions SET refresh_hash = ?, refreshed_at = ?, expires_at = ?
		WHERE id = ? AND refresh_hash = ? AND revoked_at IS NULL`, newHash, micros(refreshedAt), micros(expiresAt), id, oldHash)
	return result.RowsAffected == 1, failure("refreshing the session", result.Error)
}

// RevokeSession ends a session; ending it again changes nothing.
func (db *DB) RevokeSession(ctx context.Context, id string, at time.Time) error {
	result := db.writer.WithContext(ctx).Exec("UPDATE sessions SET revoked_at = COALESCE(revoked_at, ?) WHERE id = ?", micros(at), id)
	if result.Error == nil && result.RowsAffected == 0 {
		return notFound("session")
	}
	return failure("revoking the session", result.Error)
}

// RevokeUserSessions ends every session of the user but exceptID ("": none is spared) and returns the ids of those it ended.
func (db *DB) RevokeUserSessions(ctx context.Context, userID, exceptID string, at time.Time) ([]string, error) {
	ended, err := texts(db.writer.WithContext(ctx).Raw(
		"UPDATE sessions SET revoked_at = ? WHERE user_id = ? AND id <> ? AND revoked_at IS NULL RETURNING id", micros(at), userID, exceptID))
	return ended, failure("revoking the user's sessions", err)
}

// Sessions lists the user's sessions that are neither revoked nor expired at now, newest first.
func (db *DB) Sessions(ctx context.Context, userID string, now time.Time) ([]voltrun.Session, error) {
	var rows []sessionRow
	err := db.reader.WithContext(ctx).Where("user_id = ? AND revoked_at IS NULL AND expires_at > ?", userID, micros(now)).Order("id DESC").Find(&rows).Error
	return mapped(rows, sessionRow.session), failure("listing sessions", err)
}

// PruneSessions removes sessions that expired before olderThan, at most limit a call, and returns how many: call it again
// until that is less than limit. A revoked session goes when it expires.
func (db *DB) PruneSessions(ctx context.Context, olderThan time.Time, limit int) (int, error) {
	if limit <= 0 {
		return 0, nil
	}
	// The outer condition spares one that is refreshed at this moment.
	result := db.writer.WithContext(ctx).Exec(`DELETE FROM sessions WHERE expires_at < ? AND id IN (
		SELECT id FROM sessions WHERE expires_at < ? ORDER BY expires_at LIMIT ?)`, micros(olderThan), micros(olderThan), limit)
	return int(result.RowsAffected), failure("removing expired sessions", result.Error)
}
