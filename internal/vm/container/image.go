//go:build linux

package container

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/voltrun/voltrun/internal/vm"
)

// images makes the folder trees that machines see as their root. A tree is complete or it is not there.
type images struct {
	dir string

	mu   sync.Mutex
	done map[string]*imageState
}

type imageState struct {
	once sync.Once
	err  error
}

// probeImage has the mount points and nothing else.
const probeImage = ".probe"

// skeleton is what every image has, unless it brings its own.
var skeleton = []vm.File{
	{Target: "/etc/passwd", Data: []byte("root:x:0:0:root:/:/sbin/nologin\nsandbox:x:1000:1000:sandbox:/tmp:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n"), Mode: 0o444},
	{Target: "/etc/group", Data: []byte("root:x:0:\nsandbox:x:1000:\nnogroup:x:65534:\n"), Mode: 0o444},
	{Target: "/etc/hosts", Data: []byte("127.0.0.1 localhost voltrun\n::1 localhost\n"), Mode: 0o444},
	{Target: "/etc/nsswitch.conf", Data: []byte("passwd: files\ngroup: files\nhosts: files dns\n"), Mode: 0o444},
	{Target: "/etc/resolv.conf", Data: []byte("# There is no network.\n"), Mode: 0o444},
}

var mountPoints = []string{"/proc", "/dev", "/tmp", "/var/task", "/var/runtime", "/.code", "/etc"}

// ensure makes the image's tree once. Other processes may do the same at the same time.
func (s *images) ensure(image vm.Image) error {
	if image.ID == "" || strings.ContainsAny(image.ID, "/\x00") || (image.ID[0] == '.' && image.ID != probeImage) || len(image.ID) > 200 {
		return fmt.Errorf("image id %q cannot name a folder", image.ID)
	}
	s.mu.Lock()
	state := s.done[image.ID]
	if state == nil {
		state = &imageState{}
		s.done[image.ID] = state
	}
	s.mu.Unlock()
	state.once.Do(func() { state.err = s.build(image) })
	if state.err != nil {
		s.mu.Lock()
		if s.done[image.ID] == state {
			delete(s.done, image.ID) // so that the next boot tries again
		}
		s.mu.Unlock()
		return fmt.Errorf("prepare image %s: %w", image.ID, state.err)
	}
	return nil
}

func (s *images) build(image vm.Image) (err error) {
	final := filepath.Join(s.dir, image.ID)
	if info, err := os.Lstat(final); err == nil && info.IsDir() {
		s.preload(image, false)
		return nil
	}
	temporary, err := os.MkdirTemp(s.dir, ".new-")
	if err != nil {
		return err
	}
	defer func() {
		if rm := os.RemoveAll(temporary); rm != nil { // nothing there after a rename
			err = errors.Join(err, rm)
		}
	}()
	if err := fillTree(temporary, image.Files); err != nil {
		return err
	}
	if err := os.Chmod(temporary, 0o755); err != nil {
		return err
	}
	dir, err := os.Open(temporary)
	if err != nil {
		return err
	}
	// One flush for the tree: a crash must not leave a complete-looking image with empty files.
	if err := errors.Join(unix.Syncfs(int(dir.Fd())), dir.Close()); err != nil {
		return fmt.Errorf("flush: %w", err)
	}
	err = os.Rename(temporary, final)
	if errors.Is(err, fs.ErrExist) || errors.Is(err, unix.ENOTEMPTY) {
		return nil // somebody else was first; the content is the same
	}
	if err == nil {
		s.preload(image, true)
	}
	return err
}

// preload gets the image's executable into memory; written tells that it just was written.
func (s *images) preload(image vm.Image, written bool) {
	if len(image.Command) > 0 {
		preload(filepath.Join(s.dir, image.ID, image.Command[0]), written)
	}
}

// fillTree writes the files below dir. Everything goes through an os.Root, so no link leads out of it.
func fillTree(dir string, files []vm.File) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, name := range mountPoints {
		if err := root.MkdirAll(name[1:], 0o755); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := addFile(root, f); err != nil {
			return fmt.Errorf("%s: %w", f.Target, err)
		}
	}
	for _, f := range skeleton {
		if _, err := root.Lstat(f.Target[1:]); errors.Is(err, fs.ErrNotExist) {
			if err := addFile(root, f); err != nil {
				return fmt.Errorf("%s: %w", f.Target, err)
			}
		}
	}
	return nil
}

func addFile(root *os.Root, f vm.File) error {
	if !filepath.IsAbs(f.Target) || filepath.Clean(f.Target) != f.Target || f.Target == "/" {
		return errors.New("the target is not an absolute, clean path")
	}
	target := f.Target[1:]
	if err := root.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	switch {
	case f.Link != "":
		return root.Symlink(f.Link, target)
	case f.Source == "":
		return root.WriteFile(target, f.Data, fs.FileMode(f.Mode)&0o555|0o444)
	}
	source, err := filepath.EvalSymlinks(f.Source) // the library a link names, not the link
	if err != nil {
		return err
	}
	info, err := os.Lstat(source)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return copyTree(root, source, target)
	}
	return copyFile(root, source, target)
}

// copyTree copies a folder. Links are copied as links: inside the machine they lead nowhere but into the machine.
func copyTree(root *os.Root, source, target string) error {
	return filepath.WalkDir(source, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(source, path)
		if err != nil {
			return err
		}
		to := filepath.Join(target, relative)
		switch {
		case entry.IsDir():
			return root.MkdirAll(to, 0o755)
		case entry.Type() == fs.ModeSymlink:
			link, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return root.Symlink(link, to)
		case entry.Type().IsRegular():
			return copyFile(root, path, to)
		}
		return fmt.Errorf("%s is neither a file, a folder nor a link", path)
	})
}

// copyFile copies content and the execute bit; nothing in an image is writable or setuid.
func copyFile(root *os.Root, source, target string) (err error) {
	in, err := os.OpenFile(source, os.O_RDONLY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", source)
	}
	mode := fs.FileMode(0o444)
	if info.Mode()&0o111 != 0 {
		mode = 0o555
	}
	out, err := root.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	// Python trusts its compiled files only while the time of the source is the same.
	err = errors.Join(err, out.Chmod(mode), out.Close())
	return errors.Join(err, root.Chtimes(target, info.ModTime(), info.ModTime()))
}
