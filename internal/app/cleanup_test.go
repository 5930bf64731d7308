package app

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/storage"
)

// openDB opens an empty database of this version.
func openDB(t *testing.T) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Config{URL: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestCleaningUpRemovesWhatNobodyReaches(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := openDB(t)
	now := time.Now().UTC()
	for id, expires := range map[string]time.Time{"ses_old": now.Add(-2 * time.Hour), "ses_new": now.Add(time.Hour)} {
		if err := db.CreateSession(ctx, voltrun.Session{ID: id, UserID: "usr_1", RefreshHash: []byte(id), CreatedAt: now, RefreshedAt: now, ExpiresAt: expires}); err != nil {
			t.Fatal(err)
		}
	}
	s := &Server{db: db}
	if err := s.cleanUpOnce(ctx, now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Session(ctx, "ses_old"); voltrun.CodeOf(err) != voltrun.CodeNotFound {
		t.Errorf("an expired session is still there: %v", err)
	}
	if _, err := db.Session(ctx, "ses_new"); err != nil {
		t.Errorf("a live session is gone: %v", err)
	}
}

func TestCleaningUpCompactsStatistics(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := openDB(t)
	for hours := range 30 {
		ended := time.Now().Add(-time.Duration(hours) * time.Hour)
		e := &voltrun.Execution{ID: voltrun.NewID(voltrun.PrefixExecution), OwnerID: "usr_1", FunctionID: "fn_1", Status: voltrun.StatusSuccess,
			CreatedAt: ended, FinishedAt: &ended}
		if _, err := db.InsertExecutions(ctx, []*voltrun.Execution{e}); err != nil {
			t.Fatal(err)
		}
	}
	s := &Server{db: db}
	if err := s.compactStats(ctx); err != nil {
		t.Fatal(err)
	}
	if n, err := db.CompactStats(ctx, time.Now().Add(-time.Minute), 1); n != 0 || err != nil {
		t.Errorf("%d steps are left, %v", n, err)
	}
	if n, err := db.CompactStats(ctx, time.Now().Add(4*24*time.Hour), 1); n != 1 || err != nil {
		t.Errorf("nothing was kept to compact later: %d, %v", n, err)
	}
}
