package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long nothing may change before a change counts: editors and git write many files at once.
const settle = 200 * time.Millisecond

// sources are the kinds of files that a server is built from: code, and what it embeds.
var sources = []string{".go", ".mod", ".sum", ".sql", ".html", ".css", ".js", ".mjs", ".py"}

// skipped are folders, by their path or name, in which nothing belongs to the server, or which the build writes.
var skipped = []string{"web", "build", "bin", "bench", "docs", "node_modules", "testdata", "internal/webui/dist", "internal/agent/binary/dist"}

// watch delivers once after every burst of changes of the server's files below root. The channel is closed when ctx has ended.
func watch(ctx context.Context, root string) (<-chan struct{}, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	if err := addFolders(watcher, root, root); err != nil {
		return nil, errors.Join(err, watcher.Close())
	}
	changes := make(chan struct{}, 1)
	go func() { // ends with ctx; the channel says when
		defer close(changes)
		defer watcher.Close()
		quiet := time.NewTimer(settle)
		quiet.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case event := <-watcher.Events:
				if event.Has(fsnotify.Create) {
					if err := addFolders(watcher, root, event.Name); err != nil {
						say("dev", fmt.Sprintf("%s is not watched: %v", event.Name, err))
					}
				}
				if matters(event) {
					quiet.Reset(settle)
				}
			case err := <-watcher.Errors: // events may be missing: build to be sure
				say("dev", fmt.Sprintf("watching the files: %v", err))
				quiet.Reset(settle)
			case <-quiet.C:
				select {
				case changes <- struct{}{}:
				default: // one is waiting already
				}
			}
		}
	}()
	return changes, nil
}

// addFolders watches a folder and those below it. What is no folder, or has gone again, is left alone.
func addFolders(watcher *fsnotify.Watcher, root, start string) error {
	return filepath.WalkDir(start, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, os.ErrNotExist):
			return nil
		case err != nil:
			return err
		case !entry.IsDir():
			return nil
		}
		below, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if below != "." && (entry.Name()[0] == '.' || slices.Contains(skipped, below) || slices.Contains(skipped, entry.Name())) {
			return fs.SkipDir
		}
		return watcher.Add(path)
	})
}

// matters reports whether a server built now would differ: its own files, not tests and not what editors write beside them.
func matters(event fsnotify.Event) bool {
	name := filepath.Base(event.Name)
	return !event.Has(fsnotify.Chmod) && name[0] != '.' && !strings.HasSuffix(name, "_test.go") && slices.Contains(sources, filepath.Ext(name))
}
