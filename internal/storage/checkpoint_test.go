package storage

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

func TestCheckpointsAreMadeBesideTheCommits(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	db, err := Open(t.Context(), Config{URL: path})
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
	size := func() int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	before := size()
	for i := range 2 * checkpointWrites { // some 3,000 pages: too few for a commit to do it
		e := &voltrun.Execution{ID: fmt.Sprintf("exe_%026d", i), OwnerID: "usr_1", FunctionID: "fn_1", Status: voltrun.StatusSuccess,
			CreatedAt: time.Now(), Input: make([]byte, 2000)}
		if _, err := db.InsertExecutions(t.Context(), []*voltrun.Execution{e}); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(time.Minute); size() < before+checkpointWrites*2000; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the file grew from %d to %d bytes only: nothing is moved out of the log", before, size())
		}
	}
}

func TestTheLogIsBegunAnewUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("writes some 40,000 pages")
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	db, err := Open(t.Context(), Config{URL: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 6000 {
		e := &voltrun.Execution{ID: fmt.Sprintf("exe_%026d", i), OwnerID: "usr_1", FunctionID: "fn_1", Status: voltrun.StatusSuccess, CreatedAt: time.Now(), Input: make([]byte, 3000)}
		if _, err := db.InsertExecutions(t.Context(), []*voltrun.Execution{e}); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if limit := int64(2 * 16000 * 4200); info.Size() > limit {
		t.Errorf("the log has %d bytes, want at most %d", info.Size(), limit)
	}
}
