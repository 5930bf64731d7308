package storage

import (
	"context"

	"gorm.io/gorm"

	"github.com/voltrun/voltrun"
)

// testEventRow is a row of test_events.
type testEventRow struct {
	FunctionID string
	Name       string
	Input      []byte
	UpdatedAt  int64 `gorm:"autoUpdateTime:false"`
}

func (testEventRow) TableName() string { return "test_events" }

func (r testEventRow) event() voltrun.TestEvent {
	return voltrun.TestEvent{FunctionID: r.FunctionID, Name: r.Name, Input: r.Input, UpdatedAt: timeOf(r.UpdatedAt)}
}

// TestEvents lists the test events of a function by name.
func (db *DB) TestEvents(ctx context.Context, functionID string) ([]voltrun.TestEvent, error) {
	var rows []testEventRow
	err := db.reader.WithContext(ctx).Where("function_id = ?", functionID).Order("name").Find(&rows).Error
	return mapped(rows, testEventRow.event), failure("listing test events", err)
}

// PutTestEvent adds a test event or replaces the one of its name. CodeNotFound when the function is gone, CodeConflict when it
// would be one more than voltrun.MaxTestEvents.
func (db *DB) PutTestEvent(ctx context.Context, event voltrun.TestEvent) error {
	return db.transact(ctx, "keeping the test event", func(tx *gorm.DB) error {
		// Changing nothing of the function's row takes its lock: events are counted by one at a time, and none outlives the function.
		locked := tx.Exec("UPDATE functions SET version = version WHERE id = ? AND deleted_at IS NULL", event.FunctionID)
		if locked.Error != nil {
			return locked.Error
		}
		if locked.RowsAffected == 0 {
			return notFound("function")
		}
		if err := tx.Exec(`INSERT INTO test_events (function_id, name, input, updated_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (function_id, name) DO UPDATE SET input = excluded.input, updated_at = excluded.updated_at`,
			event.FunctionID, event.Name, []byte(event.Input), micros(event.UpdatedAt)).Error; err != nil {
			return err
		}
		var count int64
		if err := tx.Model(&testEventRow{}).Where("function_id = ?", event.FunctionID).Count(&count).Error; err != nil {
			return err
		}
		if count > voltrun.MaxTestEvents {
			return voltrun.Errorf(voltrun.CodeConflict, "the function has %d test events, the most allowed; delete one first", voltrun.MaxTestEvents)
		}
		return nil
	})
}

// DeleteTestEvent removes a test event.
func (db *DB) DeleteTestEvent(ctx context.Context, functionID, name string) error {
	if !plain(name) {
		return notFound("test event")
	}
	result := db.writer.WithContext(ctx).Exec("DELETE FROM test_events WHERE function_id = ? AND name = ?", functionID, name)
	if result.Error == nil && result.RowsAffected == 0 {
		return notFound("test event")
	}
	return failure("deleting the test event", result.Error)
}
