package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/spf13/cobra"

	"github.com/voltrun/voltrun/internal/client"
)

// settle is how long a folder must be quiet before it is deployed: editors write in several steps.
const settle = 250 * time.Millisecond

func devCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use:   "dev [dir]",
		Short: "Deploy at every change and follow the logs",
		Long: `Deploy the function in a folder, again at every change of its files, and show the logs of
every execution until Ctrl-C. A failed deployment is reported and the next change is waited for.`,
		Example: "  volt dev hello",
		Args:    between(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := s.world.Dir
			if len(args) > 0 {
				dir = s.path(args[0])
			}
			return s.dev(cmd.Context(), dir)
		},
	}
}

func (s *session) dev(ctx context.Context, dir string) error {
	p, err := s.deployable(dir)
	if err != nil {
		return err
	}
	api, err := s.client()
	if err != nil {
		return err
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", dir, err)
	}
	defer watcher.Close()
	if err := watchFolders(watcher, dir); err != nil {
		return err
	}
	if err := s.deploy(ctx, dir, deployOptions{}); err != nil {
		return err
	}
	return s.devLoop(ctx, api, watcher, p)
}

// devLoop deploys on change while another goroutine follows the logs; both end together.
func (s *session) devLoop(ctx context.Context, api *client.Client, watcher *fsnotify.Watcher, p *project) error {
	ctx, stop := context.WithCancelCause(ctx)
	var follower sync.WaitGroup
	defer follower.Wait()
	defer stop(nil)
	follower.Go(func() { stop(api.FollowFunction(ctx, p.Name, s.logWatcher(true))) })
	s.errf("watching %s; Ctrl-C ends\n", p.dir)
	quiet := time.NewTimer(time.Hour)
	quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case event := <-watcher.Events:
			if event.Has(fsnotify.Create) {
				if err := watchFolders(watcher, event.Name); err != nil {
					return err
				}
			}
			if event.Op != fsnotify.Chmod {
				quiet.Reset(settle)
			}
		case err := <-watcher.Errors:
			return fmt.Errorf("watch %s: %w", p.dir, err)
		case <-quiet.C:
			if err := s.deploy(ctx, p.dir, deployOptions{}); err != nil && ctx.Err() == nil {
				s.fail(err) // the next change may repair it
			}
		}
	}
}

// watchFolders watches a folder and those below it. A path that is gone again or is a file is no error.
func watchFolders(watcher *fsnotify.Watcher, dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("watch %s: %w", path, err)
		}
		if !entry.IsDir() {
			return nil
		}
		if name := entry.Name(); path != dir && (name == ".git" || name == "__pycache__") {
			return fs.SkipDir
		}
		if err := watcher.Add(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("watch %s: %w", path, err)
		}
		return nil
	})
}
