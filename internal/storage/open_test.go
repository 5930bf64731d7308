package storage_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/pgtest"
	"github.com/voltrun/voltrun/internal/storage"
	"github.com/voltrun/voltrun/internal/storage/storagetest"
)

func TestOpenRefusesWhatIsNoDatabase(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "  ", "mysql://localhost/x", "sqlite://relative.db", "sqlite:///a\x00b", "postgres://user:hunter2@host:port/db", "/proc/voltrun.db"} {
		db, err := storage.Open(t.Context(), storage.Config{URL: url})
		if err == nil {
			t.Errorf("%q was opened", url)
			_ = db.Close()
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestPathsWithOddCharacters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b.db", "what?mode=ro.db", "100%.db", "hash#tag.db", "größe.db"} {
		path := filepath.Join(t.TempDir(), "new", name)
		db := open(t, path)
		if _, err := db.PutSettingIfAbsent(t.Context(), "k", []byte("v")); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 || info.Size() == 0 && fileSize(t, path+"-wal") == 0 {
			t.Errorf("%s: mode %v, size %d", name, info.Mode(), info.Size())
		}
	}
}

func fileSize(t *testing.T, path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// migrateAtOnce opens and migrates one empty database from several pools, as several processes would.
func migrateAtOnce(t *testing.T, url string) {
	var group sync.WaitGroup
	var errs [4]error
	for i := range errs {
		db, err := storage.Open(t.Context(), storage.Config{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		group.Go(func() { errs[i] = db.Migrate(context.Background()) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
}

func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { migrateAtOnce(t, filepath.Join(t.TempDir(), "x.db")) })
	t.Run("postgres", func(t *testing.T) { migrateAtOnce(t, pgtest.URL(t)) })
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	for _, database := range []struct{ driver, url, dsn string }{{"sqlite", path, path}, {"pgx", "", ""}} {
		t.Run(database.driver, func(t *testing.T) {
			if database.url == "" {
				database.url = pgtest.URL(t)
				database.dsn = database.url
			}
			raw, err := storage.Open(t.Context(), storage.Config{URL: database.url})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { raw.Close() })
			if err := raw.CheckSchema(t.Context()); voltrun.CodeOf(err) != voltrun.CodeUnavailable || !strings.Contains(err.Error(), "voltrun migrate") {
				t.Fatalf("an empty database: %v", err)
			}
			db := open(t, database.url)
			pool, err := sql.Open(database.driver, database.dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			if _, err := pool.Exec("INSERT INTO schema_versions (version_id, is_applied) VALUES (9999, TRUE)"); err != nil {
				t.Fatal(err)
			}
			storagetest.NewerSchema(t, db.CheckSchema(t.Context()))
			storagetest.NewerSchema(t, db.Migrate(t.Context()))
		})
	}
}

const crashVariable = "STORAGE_CRASH_PATH"

// TestAcknowledgedSurvivesKill kills a copy of this binary with SIGKILL while it inserts,
// and finds every execution that the copy had been told was written.
func TestAcknowledgedSurvivesKill(t *testing.T) {
	if path := os.Getenv(crashVariable); path != "" {
		insertUntilKilled(t, path)
	}
	path := filepath.Join(t.TempDir(), "x.db")
	command := exec.Command(os.Args[0], "-test.run", "^TestAcknowledgedSurvivesKill$")
	command.Env = append(os.Environ(), crashVariable+"="+path)
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var acknowledged []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if voltrun.ValidID(voltrun.PrefixExecution, lines.Text()) {
			acknowledged = append(acknowledged, lines.Text())
		}
		if len(acknowledged) == 300 {
			if err := command.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = command.Wait() // it was killed
	if len(acknowledged) < 300 {
		t.Fatalf("the copy ended after %d executions", len(acknowledged))
	}
	db := open(t, path)
	for _, id := range acknowledged {
		if e, err := db.Execution(t.Context(), benchOwner, id); err != nil || e.Status != voltrun.StatusPending {
			t.Fatalf("acknowledged %s: %+v, %v", id, e, err)
		}
	}
}

func insertUntilKilled(t *testing.T, path string) {
	db := open(t, path)
	for {
		batch := benchBatch(3, voltrun.StatusPending)
		if _, err := db.InsertExecutions(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		for _, e := range batch {
			fmt.Println(e.ID)
		}
	}
}
