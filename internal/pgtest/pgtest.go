// Package pgtest gives tests a real PostgreSQL server of their own.
//
// The server lives in a temporary directory, listens on a free port of 127.0.0.1, gives
// up durability for speed, and ends with the test binary, however that ends.
package pgtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// requireVariable set to 1 makes a missing PostgreSQL a failure, as it must be where the tests are to say something.
const requireVariable = "VOLTRUN_REQUIRE_POSTGRES"

const installHint = "install it with: apt-get install postgresql (or put initdb and postgres in PATH)"

// startTime bounds initdb and the start of the server, on a machine that is busy with other tests.
const startTime = 2 * time.Minute

var databases atomic.Int64

// Main runs the tests of a package and stops the server they may have started:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
//
// Without it the kernel ends the server with the test binary, which leaves the temporary directory behind.
func Main(m *testing.M) int {
	defer stopShared()
	return m.Run()
}

// URL creates a database of the test's own and returns its URL. It starts the server at the first call.
// Without PostgreSQL on this machine the test is skipped, or fails if VOLTRUN_REQUIRE_POSTGRES=1.
func URL(t testing.TB) string {
	t.Helper()
	binaries, ok := findBinaries()
	if !ok && os.Getenv(requireVariable) == "1" {
		t.Fatalf("PostgreSQL is not installed and %s=1: %s", requireVariable, installHint)
	}
	if !ok {
		t.Skipf("NOT TESTED on PostgreSQL, which is not installed: %s", installHint)
	}
	running, err := shared(binaries)
	if err != nil {
		t.Fatalf("starting PostgreSQL: %v", err)
	}
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if err := running.execute("CREATE DATABASE " + name); err != nil {
		t.Fatalf("creating the database of the test: %v", err)
	}
	t.Cleanup(func() {
		if err := running.execute("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("dropping the database of the test: %v", err)
		}
	})
	return running.url(name)
}

// findBinaries returns the directory of initdb and postgres: that in PATH, else the newest that Debian's packages installed.
func findBinaries() (string, bool) {
	if path, err := exec.LookPath("initdb"); err == nil {
		// A link in PATH is followed, because the server looks for its own files beside itself.
		if path, err = filepath.EvalSymlinks(path); err == nil && hasServer(filepath.Dir(path)) {
			return filepath.Dir(path), true
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", false
	}
	for i := len(found) - 1; i >= 0; i-- {
		if hasServer(found[i]) {
			return found[i], true
		}
	}
	return "", false
}

func hasServer(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode()&0o111 == 0 {
			return false
		}
	}
	return true
}

// execute runs one statement in the database that every server has.
func (s *server) execute(statement string) error {
	pool, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		return err
	}
	defer pool.Close()
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	_, err = pool.ExecContext(ctx, statement)
	return err
}
