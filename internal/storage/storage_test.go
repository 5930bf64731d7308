package storage_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/voltrun/voltrun/internal/pgtest"
	"github.com/voltrun/voltrun/internal/storage"
	"github.com/voltrun/voltrun/internal/storage/storagetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestSQLite(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, openSQLite)
}

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, openPostgreSQL)
}

func openSQLite(t testing.TB) *storage.DB {
	t.Helper()
	return open(t, "sqlite://"+filepath.Join(t.TempDir(), "voltrun.db"))
}

func openPostgreSQL(t testing.TB) *storage.DB {
	t.Helper()
	return open(t, pgtest.URL(t))
}

func open(t testing.TB, url string) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}
