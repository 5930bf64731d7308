package exec

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/voltrun/voltrun"
)

// codeStore is the host's cache of versions' files, one folder per digest, that machines show
// at /var/task. The database holds the truth: the folder is emptied at start and refilled on demand.
type codeStore struct {
	dir string

	mu      sync.Mutex
	present map[string]*codeUse
}

type codeUse struct {
	mu   sync.Mutex // held while the folder is written
	done bool
	refs int
	last time.Time
}

// openCodeStore empties dir and takes it over. The folder must not be shared between servers. The folder
// itself stays: a driver may have it mounted already.
func openCodeStore(dir string) (*codeStore, error) {
	// Others may pass through but not list: a machine's user has to reach the one digest it was given.
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return nil, fmt.Errorf("create the code cache: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the code cache: %w", err)
	}
	for _, entry := range entries {
		if err := removeTree(filepath.Join(dir, entry.Name())); err != nil {
			return nil, fmt.Errorf("empty the code cache: %w", err)
		}
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return nil, fmt.Errorf("create the code cache: %w", err)
	}
	return &codeStore{dir: dir, present: make(map[string]*codeUse)}, nil
}

// hold makes sure that the files of a version are on disk and keeps them there until release.
func (s *codeStore) hold(v *voltrun.Version) (release func(), err error) {
	if raw, err := hex.DecodeString(v.Digest); err != nil || len(raw) != 32 {
		return nil, voltrun.Internal("reading the version's code", fmt.Errorf("digest %q is not SHA-256 in hex", v.Digest))
	}
	s.mu.Lock()
	use := s.present[v.Digest]
	if use == nil {
		use = &codeUse{}
		s.present[v.Digest] = use
	}
	use.refs++
	use.last = time.Now()
	s.mu.Unlock()
	release = sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		use.refs--
		use.last = time.Now()
	})
	use.mu.Lock()
	defer use.mu.Unlock()
	if use.done {
		return release, nil
	}
	if err := s.write(v); err != nil {
		release()
		return nil, voltrun.Internal("writing the version's code to the data directory", err)
	}
	use.done = true
	return release, nil
}

// write puts the files into a new folder and renames it into place, so that a digest is there whole or not at all.
func (s *codeStore) write(v *voltrun.Version) error {
	temp, err := os.MkdirTemp(s.dir, ".new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	for path, text := range v.Files {
		if !filepath.IsLocal(path) || strings.Contains(path, "\\") {
			return fmt.Errorf("path %q leaves the function's folder", path)
		}
		full := filepath.Join(temp, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(full, []byte(text), 0o444); err != nil {
			return err
		}
	}
	if err := os.Chmod(temp, 0o755); err != nil {
		return err
	}
	return os.Rename(temp, filepath.Join(s.dir, v.Digest))
}

// prune removes the folders that nothing holds and nothing used since before.
func (s *codeStore) prune(before time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all error
	for digest, use := range s.present {
		if use.refs > 0 || use.last.After(before) {
			continue
		}
		delete(s.present, digest)
		all = errors.Join(all, removeTree(filepath.Join(s.dir, digest)))
	}
	return all
}

// removeTree removes a folder of ours, also where its modes forbid writing. It follows no links.
func removeTree(dir string) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o700)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, os.RemoveAll(dir))
}
