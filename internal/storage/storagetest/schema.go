package storagetest

import (
	"strings"
	"sync"
	"testing"

	"github.com/voltrun/voltrun"
)

func testSchema(t *testing.T, open Open) {
	db := open(t)
	current, latest, err := db.SchemaVersion(t.Context())
	must(t, err)
	if current != latest || latest < 1 {
		t.Fatalf("schema version %d of %d", current, latest)
	}
	must(t, db.CheckSchema(t.Context()))
	must(t, db.Ping(t.Context()))

	var group sync.WaitGroup
	var errs [4]error
	for i := range errs {
		group.Go(func() { errs[i] = db.Migrate(t.Context()) })
	}
	group.Wait()
	for _, err := range errs {
		must(t, err)
	}
}

// NewerSchema is what must be true of a database that a newer voltrun has migrated.
func NewerSchema(t *testing.T, err error) {
	t.Helper()
	wantCode(t, err, voltrun.CodeUnavailable)
	if !strings.Contains(err.Error(), "upgrade the binary") {
		t.Fatalf("the error does not say what to do: %v", err)
	}
}

func testDescription(t *testing.T, open Open) {
	db := open(t)
	if kind := db.Kind(); kind != "sqlite" && kind != "postgresql" {
		t.Errorf("kind %q", kind)
	}
	if size, err := db.Size(t.Context()); err != nil || size < 10_000 {
		t.Errorf("%d bytes, %v", size, err)
	}
	if used, err := db.HasUsers(t.Context()); used || err != nil {
		t.Errorf("users in an empty database: %v, %v", used, err)
	}
	must(t, db.CreateUser(t.Context(), voltrun.User{ID: "usr_1", Email: "ann@example.com", CreatedAt: start}))
	if used, err := db.HasUsers(t.Context()); !used || err != nil {
		t.Errorf("no users: %v, %v", used, err)
	}
}
