package storage

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/voltrun/voltrun"
)

// secretPrefix marks the sealed values whose names a function shows.
const secretPrefix = "secret:"

// Secrets returns the sealed values of a function ("env:NAME" and "secret:NAME" → ciphertext), empty when it has none.
func (db *DB) Secrets(ctx context.Context, functionID string) (map[string][]byte, error) {
	all, err := db.SealedFor(ctx, []string{functionID})
	if err != nil {
		return nil, err
	}
	if all[functionID] == nil {
		return map[string][]byte{}, nil
	}
	return all[functionID], nil
}

// SealedFor returns the sealed values of many functions by function id; one without any is left out.
func (db *DB) SealedFor(ctx context.Context, functionIDs []string) (map[string]map[string][]byte, error) {
	all := make(map[string]map[string][]byte, len(functionIDs))
	for ids := range chunks(functionIDs) {
		query := db.reader.WithContext(ctx).Raw("SELECT function_id, name, sealed FROM function_values WHERE function_id IN ("+placeholders(len(ids))+")", anys(ids)...)
		err := each(query, func(rows *sql.Rows) error {
			var id, name string
			var sealed []byte
			if err := rows.Scan(&id, &name, &sealed); err != nil {
				return err
			}
			if all[id] == nil {
				all[id] = map[string][]byte{}
			}
			all[id][name] = sealed
			return nil
		})
		if err != nil {
			return nil, failure("reading environment and secrets", err)
		}
	}
	return all, nil
}

// replaceSealed makes sealed the whole set of the function's values.
func replaceSealed(tx *gorm.DB, functionID string, sealed map[string][]byte) error {
	if err := tx.Exec("DELETE FROM function_values WHERE function_id = ?", functionID).Error; err != nil {
		return err
	}
	for names := range chunks(slices.Sorted(maps.Keys(sealed))) {
		var values []any
		for _, name := range names {
			values = append(values, functionID, name, sealed[name])
		}
		if err := tx.Exec("INSERT INTO function_values (function_id, name, sealed) VALUES "+tuples(len(names), 3), values...).Error; err != nil {
			return err
		}
	}
	return nil
}

// addSecretNames fills in the names of the functions' secrets, sorted, with one query for all.
func (db *DB) addSecretNames(ctx context.Context, functions []voltrun.Function) error {
	if len(functions) == 0 {
		return nil
	}
	ids := mapped(functions, func(fn voltrun.Function) any { return fn.ID })
	names := make(map[string][]string, len(functions))
	query := db.reader.WithContext(ctx).Raw("SELECT function_id, name FROM function_values WHERE function_id IN ("+placeholders(len(ids))+")", ids...)
	err := each(query, func(rows *sql.Rows) error {
		var id, name string
		err := rows.Scan(&id, &name)
		if secret, ok := strings.CutPrefix(name, secretPrefix); ok {
			names[id] = append(names[id], secret)
		}
		return err
	})
	for i := range functions {
		functions[i].SecretNames = names[functions[i].ID]
		slices.Sort(functions[i].SecretNames)
	}
	return err
}
