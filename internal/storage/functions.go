package storage

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/voltrun/voltrun"
)

// functionRow is a row of functions.
type functionRow struct {
	ID             string
	OwnerID        string
	Name           string
	Description    string
	Runtime        string
	Handler        string
	Version        int
	MemoryMB       int     `gorm:"column:memory_mb"`
	CPUs           float64 `gorm:"column:cpus"`
	TimeoutUS      int64   `gorm:"column:timeout_us"`
	Isolation      string
	MaxConcurrency int
	CreatedAt      int64 `gorm:"autoCreateTime:false"`
	UpdatedAt      int64 `gorm:"autoUpdateTime:false"`
	DeletedAt      *int64
	Search         string
}

func (functionRow) TableName() string { return "functions" }

func rowOfFunction(fn voltrun.Function) functionRow {
	return functionRow{ID: fn.ID, OwnerID: fn.OwnerID, Name: fn.Name, Description: fn.Description, Runtime: fn.Runtime, Handler: fn.Handler,
		Version: fn.Version, MemoryMB: fn.MemoryMB, CPUs: fn.CPUs, TimeoutUS: fn.Timeout.Microseconds(), Isolation: string(fn.Isolation),
		MaxConcurrency: fn.MaxConcurrency, CreatedAt: micros(fn.CreatedAt), UpdatedAt: micros(fn.UpdatedAt),
		Search: fold(fn.Name) + "\n" + fold(fn.Description)}
}

func (r functionRow) function() voltrun.Function {
	return voltrun.Function{ID: r.ID, OwnerID: r.OwnerID, Name: r.Name, Description: r.Description, Runtime: r.Runtime, Handler: r.Handler,
		Version: r.Version, MemoryMB: r.MemoryMB, CPUs: r.CPUs, Timeout: time.Duration(r.TimeoutUS) * time.Microsecond,
		Isolation: voltrun.Isolation(r.Isolation), MaxConcurrency: r.MaxConcurrency, CreatedAt: timeOf(r.CreatedAt), UpdatedAt: timeOf(r.UpdatedAt)}
}

const nameTaken = "a function with this name exists already: choose another name or change that function"

// CreateFunction adds a function with its first version and its sealed values ("env:NAME" and "secret:NAME" → ciphertext)
// in one transaction; CodeConflict when the owner has a function of this name. Env and SecretNames of fn are not looked at.
func (db *DB) CreateFunction(ctx context.Context, fn voltrun.Function, version voltrun.Version, sealed map[string][]byte) error {
	err := db.transact(ctx, "creating the function", func(tx *gorm.DB) error {
		row := rowOfFunction(fn)
		if err := tx.Create(&row).Error; err != nil {
			return oneOf(failure("creating the function", err), voltrun.CodeConflict, nameTaken)
		}
		if err := db.createVersion(tx, version); err != nil {
			return err
		}
		return replaceSealed(tx, fn.ID, sealed)
	})
	return err
}

// Function returns the owner's function by id or name, without Env: see Sealed. A deleted one is not found.
func (db *DB) Function(ctx context.Context, owner, ref string) (voltrun.Function, error) {
	if !plain(ref) {
		return voltrun.Function{}, notFound("function")
	}
	var row functionRow
	// A name may look like an id; the id goes first.
	err := db.reader.WithContext(ctx).Where("owner_id = ? AND deleted_at IS NULL AND (id = ? OR name = ?)", owner, ref, ref).
		Order(clause.OrderBy{Expression: clause.Expr{SQL: "CASE WHEN id = ? THEN 0 ELSE 1 END", Vars: []any{ref}}}).Limit(1).Take(&row).Error
	if err != nil {
		return voltrun.Function{}, oneOf(failure("reading the function", err), voltrun.CodeNotFound, "function not found")
	}
	found := []voltrun.Function{row.function()}
	err = db.addSecretNames(ctx, found)
	return found[0], failure("reading the function", err)
}

// Functions lists functions newest first, without Env: see SealedFor.
func (db *DB) Functions(ctx context.Context, filter voltrun.FunctionFilter, page voltrun.PageRequest) (voltrun.Page[voltrun.Function], error) {
	size, below, err := cursor(page, voltrun.PrefixFunction)
	if err != nil {
		return voltrun.Page[voltrun.Function]{}, err
	}
	query := db.reader.WithContext(ctx).Where("deleted_at IS NULL")
	if filter.OwnerID != "" {
		query = query.Where("owner_id = ?", filter.OwnerID)
	}
	if filter.Runtime != "" {
		query = query.Where("runtime = ?", filter.Runtime)
	}
	if filter.Query != "" {
		query = query.Where(`search LIKE ? ESCAPE '\'`, containing(filter.Query))
	}
	if below != "" {
		query = query.Where("id < ?", below)
	}
	var rows []functionRow
	if err := query.Order("id DESC").Limit(size + 1).Find(&rows).Error; err != nil {
		return voltrun.Page[voltrun.Function]{}, failure("listing functions", err)
	}
	found := paged(mapped(rows, functionRow.function), size, func(fn voltrun.Function) string { return fn.ID })
	err = db.addSecretNames(ctx, found.Items)
	return found, failure("listing functions", err)
}

// UpdateFunction writes the settable fields of fn, a version with its code when newVersion is given, and the whole set of
// sealed values unless it is nil, in one transaction. CodeConflict when the function was changed since
// expectedUpdatedAt (an UpdatedAt that was read) or the new name is taken.
func (db *DB) UpdateFunction(ctx context.Context, fn voltrun.Function, newVersion *voltrun.Version, sealed map[string][]byte, expectedUpdatedAt time.Time) error {
	row := rowOfFunction(fn)
	expected := micros(expectedUpdatedAt)
	// Every change moves UpdatedAt, also when the clock did not: it is what tells one state from the next.
	row.UpdatedAt = max(row.UpdatedAt, expected+1)
	return db.transact(ctx, "changing the function", func(tx *gorm.DB) error {
		result := tx.Model(&functionRow{}).Where("id = ? AND owner_id = ? AND deleted_at IS NULL AND updated_at = ?", fn.ID, fn.OwnerID, expected).
			Select("Name", "Description", "Runtime", "Handler", "Version", "MemoryMB", "CPUs", "TimeoutUS", "Isolation", "MaxConcurrency", "UpdatedAt", "Search").
			UpdateColumns(row)
		if result.Error != nil {
			return oneOf(failure("changing the function", result.Error), voltrun.CodeConflict, nameTaken)
		}
		if result.RowsAffected == 0 {
			return missedUpdate(tx, fn)
		}
		if newVersion != nil {
			if err := db.createVersion(tx, *newVersion); err != nil {
				return err
			}
		}
		if sealed == nil {
			return nil
		}
		return replaceSealed(tx, fn.ID, sealed)
	})
}

// missedUpdate says why no row was changed.
func missedUpdate(tx *gorm.DB, fn voltrun.Function) error {
	var count int64
	err := tx.Model(&functionRow{}).Where("id = ? AND owner_id = ? AND deleted_at IS NULL", fn.ID, fn.OwnerID).Count(&count).Error
	switch {
	case err != nil:
		return err
	case count == 0:
		return notFound("function")
	}
	return voltrun.Errorf(voltrun.CodeConflict, "the function was changed by somebody else meanwhile: read it again and repeat the change")
}

// DeleteFunction removes a function with its sealed values and test events and frees its name. Its executions stay until retention
// removes them, and then its code goes: see PruneCode.
func (db *DB) DeleteFunction(ctx context.Context, owner, id string, at time.Time) error {
	if !plain(id) {
		return notFound("function")
	}
	return db.transact(ctx, "deleting the function", func(tx *gorm.DB) error {
		result := tx.Model(&functionRow{}).Where("id = ? AND owner_id = ? AND deleted_at IS NULL", id, owner).UpdateColumn("deleted_at", micros(at))
		if result.Error != nil {
			return result.Error
		}
		if result.RowsAffected == 0 {
			return notFound("function")
		}
		if err := tx.Exec("DELETE FROM test_events WHERE function_id = ?", id).Error; err != nil {
			return err
		}
		return replaceSealed(tx, id, nil)
	})
}
