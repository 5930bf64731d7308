//go:build linux

package cgroup

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// folder makes, removes and writes groups below one that is open, with one system call for each step: an os.File would be
// registered for polling first, which doubles the price of a group.
type folder struct{ dir *os.File }

func openFolder(root *os.Root) (*folder, error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	return &folder{dir}, nil
}

func (f *folder) Close() error { return f.dir.Close() }

func (f *folder) make(name string) error {
	return f.do(func(fd int) error { return unix.Mkdirat(fd, name, 0o755) })
}

func (f *folder) remove(name string) error {
	return f.do(func(fd int) error { return unix.Unlinkat(fd, name, unix.AT_REMOVEDIR) })
}

func (f *folder) write(name, value string) error {
	return f.do(func(fd int) error {
		file, err := unix.Openat(fd, name, unix.O_WRONLY|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
		if err != nil {
			return err
		}
		_, err = unix.Write(file, []byte(value))
		unix.Close(file)
		return err
	})
}

// do repeats what a signal has interrupted.
func (f *folder) do(step func(fd int) error) error {
	for {
		err := step(int(f.dir.Fd()))
		runtime.KeepAlive(f)
		if err != unix.EINTR {
			return err
		}
	}
}
