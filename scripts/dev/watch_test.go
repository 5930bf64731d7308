package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestWatch(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, folder := range []string{"internal/api", "web/app", "build", ".git", "internal/webui/dist"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	changes, err := watch(ctx, root)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(root, name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(name string) {
		t.Helper()
		write(name)
		select {
		case <-changes:
		case <-time.After(10 * time.Second):
			t.Errorf("%s: no change was seen", name)
		}
	}
	ignore := func(names ...string) {
		t.Helper()
		for _, name := range names {
			write(name)
		}
		select {
		case <-changes:
			t.Errorf("one of %v counted as a change", names)
		case <-time.After(3 * settle):
		}
	}
	expect("error.go")
	expect("internal/api/routes.go")
	expect("internal/api/docs.css")
	ignore("internal/api/routes_test.go", "internal/api/.routes.go.swp", "internal/api/notes.md", "web/app/page.js", "build/x.go",
		".git/x.go", "internal/webui/dist/x.js")
	if err := os.MkdirAll(filepath.Join(root, "internal/new/deep"), 0o755); err != nil {
		t.Fatal(err)
	}
	// The folder must be watched before a file in it is: a file that comes at once is seen by the next change at the latest.
	time.Sleep(settle)
	expect("internal/new/deep/new.go")

	cancel()
	for range changes { // until it is closed
	}
}
