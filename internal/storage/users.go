package storage

import (
	"context"

	"github.com/voltrun/voltrun"
)

// userRow is a row of users.
type userRow struct {
	ID           string
	Email        string
	Name         string
	PasswordHash string
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
}

func (userRow) TableName() string { return "users" }

func (r userRow) user() voltrun.User {
	return voltrun.User{ID: r.ID, Email: r.Email, Name: r.Name, PasswordHash: r.PasswordHash, CreatedAt: timeOf(r.CreatedAt)}
}

// CreateUser adds a user; CodeConflict when the e-mail address has an account. The address is compared as it is: normalise it before.
func (db *DB) CreateUser(ctx context.Context, user voltrun.User) error {
	err := db.writer.WithContext(ctx).Create(&userRow{user.ID, user.Email, user.Name, user.PasswordHash, micros(user.CreatedAt)}).Error
	return oneOf(failure("creating the account", err), voltrun.CodeConflict, "an account with this e-mail address exists already")
}

// UserByEmail returns the user with exactly this address.
func (db *DB) UserByEmail(ctx context.Context, email string) (voltrun.User, error) {
	return db.userWhere(ctx, "email = ?", email)
}

// User returns the user with this id.
func (db *DB) User(ctx context.Context, id string) (voltrun.User, error) {
	return db.userWhere(ctx, "id = ?", id)
}

func (db *DB) userWhere(ctx context.Context, condition, value string) (voltrun.User, error) {
	if !plain(value) {
		return voltrun.User{}, notFound("user")
	}
	var row userRow
	err := db.reader.WithContext(ctx).Where(condition, value).Take(&row).Error
	return row.user(), oneOf(failure("reading the user", err), voltrun.CodeNotFound, "user not found")
}

// RenameUser replaces the name.
func (db *DB) RenameUser(ctx context.Context, userID, name string) error {
	result := db.writer.WithContext(ctx).Model(&userRow{}).Where("id = ?", userID).Update("name", name)
	if result.Error == nil && result.RowsAffected == 0 {
		return notFound("user")
	}
	return failure("renaming the account", result.Error)
}

// UpdatePassword replaces the password's hash.
func (db *DB) UpdatePassword(ctx context.Context, userID, hash string) error {
	result := db.writer.WithContext(ctx).Model(&userRow{}).Where("id = ?", userID).Update("password_hash", hash)
	if result.Error == nil && result.RowsAffected == 0 {
		return notFound("user")
	}
	return failure("changing the password", result.Error)
}

// HasUsers reports whether there is any account.
func (db *DB) HasUsers(ctx context.Context) (bool, error) {
	var ids []string
	err := db.reader.WithContext(ctx).Model(&userRow{}).Limit(1).Pluck("id", &ids).Error
	return len(ids) > 0, failure("looking for users", err)
}
