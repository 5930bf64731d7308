package storage

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

// openForCheckpoints opens a database whose commits never make a checkpoint themselves.
func openForCheckpoints(t *testing.T) (db *DB, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "test.db")
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
	if _, err := db.writerPool().ExecContext(t.Context(), "PRAGMA wal_autocheckpoint = 0"); err != nil {
		t.Fatal(err)
	}
	return db, path
}

// writeMany makes transactions from number first on.
func writeMany(t *testing.T, db *DB, first, transactions int) {
	t.Helper()
	for i := range transactions {
		e := &voltrun.Execution{ID: fmt.Sprintf("exe_%026d", first+i), OwnerID: "usr_1", FunctionID: "fn_1", Status: voltrun.StatusSuccess,
			CreatedAt: time.Now(), Input: make([]byte, 3000)}
		if _, err := db.InsertExecutions(t.Context(), []*voltrun.Execution{e}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCheckpointsAreMadeBesideTheCommits(t *testing.T) {
	t.Parallel()
	db, path := openForCheckpoints(t)
	size := func() int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	before := size()
	writeMany(t, db, 0, 2*checkpointWrites)
	for deadline := time.Now().Add(time.Minute); size() < before+checkpointWrites*3000; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the file grew from %d to %d bytes only: nothing is moved out of the log", before, size())
		}
	}
}

func TestTheLogIsBegunAnewUnderLoad(t *testing.T) {
	t.Parallel()
	db, path := openForCheckpoints(t)
	writeMany(t, db, 0, 1)
	first := logSequence(t, path)
	for written := 1; logSequence(t, path) == first; written += checkpointWrites {
		if written > 10*restartPages { // some 5 pages each
			t.Fatalf("after %d transactions the log was not begun anew", written)
		}
		writeMany(t, db, written, checkpointWrites)
	}
}

// logSequence is how often the log was begun anew: https://www.sqlite.org/fileformat2.html#walformat.
func logSequence(t *testing.T, path string) uint32 {
	t.Helper()
	file, err := os.Open(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var header [32]byte
	if _, err := file.ReadAt(header[:], 0); err != nil {
		t.Fatal(err)
	}
	return binary.BigEndian.Uint32(header[12:])
}
