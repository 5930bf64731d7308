package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/voltrun/voltrun"
)

// versionRow is a row of versions.
type versionRow struct {
	FunctionID string
	Number     int
	Digest     string
	Runtime    string
	Handler    string
	Message    string
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
}

func (versionRow) TableName() string { return "versions" }

func (r versionRow) version() voltrun.Version {
	return voltrun.Version{FunctionID: r.FunctionID, Number: r.Number, Digest: r.Digest, Runtime: r.Runtime, Handler: r.Handler,
		Message: r.Message, CreatedAt: timeOf(r.CreatedAt)}
}

// createVersion adds a version, and its files unless another version brought the same before.
func (db *DB) createVersion(tx *gorm.DB, v voltrun.Version) error {
	for path, text := range v.Files {
		if !utf8.ValidString(path) || !utf8.ValidString(text) {
			return voltrun.Errorf(voltrun.CodeValidation, "the file %q is not UTF-8 text", path)
		}
	}
	files, err := encode(v.Files)
	if err != nil {
		return fmt.Errorf("encoding the files: %w", err)
	}
	if err := db.lockCode(tx, true); err != nil {
		return err
	}
	if err := tx.Exec("INSERT INTO code_blobs (digest, files) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING", v.Digest, []byte(files)).Error; err != nil {
		return err
	}
	err = tx.Create(&versionRow{v.FunctionID, v.Number, v.Digest, v.Runtime, v.Handler, v.Message, micros(v.CreatedAt)}).Error
	return oneOf(failure("creating the version", err), voltrun.CodeConflict, fmt.Sprintf("version %d exists already: read the function again and repeat the change", v.Number))
}

// Versions lists every version of a function, newest first, without files.
func (db *DB) Versions(ctx context.Context, functionID string) ([]voltrun.Version, error) {
	var rows []versionRow
	err := db.reader.WithContext(ctx).Where("function_id = ?", functionID).Order("number DESC").Find(&rows).Error
	return mapped(rows, versionRow.version), failure("listing versions", err)
}

// Version returns one version with its files.
func (db *DB) Version(ctx context.Context, functionID string, number int) (voltrun.Version, error) {
	var row versionRow
	if err := db.reader.WithContext(ctx).Where("function_id = ? AND number = ?", functionID, number).Take(&row).Error; err != nil {
		return voltrun.Version{}, oneOf(failure("reading the version", err), voltrun.CodeNotFound, "version not found")
	}
	found := row.version()
	var files []byte
	err := db.reader.WithContext(ctx).Raw("SELECT files FROM code_blobs WHERE digest = ?", row.Digest).Row().Scan(&files)
	if err == nil {
		err = json.Unmarshal(files, &found.Files)
	}
	if err != nil {
		return voltrun.Version{}, voltrun.Internal(fmt.Sprintf("reading the code of version %d of %s", number, functionID), err)
	}
	return found, nil
}
