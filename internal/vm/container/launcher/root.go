//go:build linux

package launcher

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/voltrun/voltrun/internal/vm/container/inside"
)

// buildRoot replaces the launcher's root, in its own mount namespace, by a folder in memory that holds what
// machines may bind, and nothing else: the images and the code, read-only, a few devices and /proc.
func buildRoot(o Options) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keep mounts private: %w", err)
	}
	const flags = unix.MS_NOSUID
	if err := unix.Mount("tmpfs", o.Mount, "tmpfs", flags, "mode=0755,size=128m"); err != nil {
		return fmt.Errorf("mount a root on %s: %w", o.Mount, err)
	}
	at := func(name string) string { return filepath.Join(o.Mount, name) }
	for _, name := range []string{inside.ImagesDir, inside.CodeDir, inside.CodeDir + "/store", inside.DevDir, inside.RootDir, inside.EmptyDir, "/proc"} {
		if err := os.Mkdir(at(name), 0o755); err != nil {
			return err
		}
	}
	if err := bindReadOnly(o.Images, at(inside.ImagesDir)); err != nil {
		return err
	}
	if err := bindReadOnly(o.Code, at(inside.CodeDir)+"/store"); err != nil {
		return err
	}
	if err := buildDev(at(inside.DevDir)); err != nil {
		return err
	}
	if err := mountProc(at("/proc")); err != nil {
		return err
	}
	if err := copyAgent(at(agentPath)); err != nil {
		return err
	}
	if err := unix.Chdir(o.Mount); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("change the root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("let go of the host's root: %w", err)
	}
	if err := unix.Chdir("/"); err != nil {
		return err
	}
	return unix.Mount("", "/", "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|flags, "")
}

// agentPath is the agent's binary for machines. It is a file in memory that the launcher's root shows read-only, with a flag that a
// machine cannot lift, so a machine that gets hold of it cannot replace it (CVE-2019-5736). A descriptor of the sealed
// file would not do: /proc/self/fd is closed to a process that has just changed its user id.
const agentPath = "/agent"

func copyAgent(target string) (err error) {
	in, err := os.Open("/proc/self/exe")
	if err != nil {
		return fmt.Errorf("open the agent: %w", err)
	}
	defer in.Close()
	out, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o555)
	if err != nil {
		return fmt.Errorf("copy the agent: %w", err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("copy the agent: %w", err)
	}
	return nil
}

// bindReadOnly shows source at target. Flags that the host set on it stay: a user namespace may not clear them.
func bindReadOnly(source, target string) error {
	if err := unix.Mount(source, target, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("bind %s: %w", source, err)
	}
	var s unix.Statfs_t
	if err := unix.Statfs(target, &s); err != nil {
		return fmt.Errorf("bind %s: %w", source, err)
	}
	flags := uintptr(unix.MS_REMOUNT | unix.MS_BIND | unix.MS_RDONLY | unix.MS_NOSUID | unix.MS_NODEV)
	for _, kept := range []struct{ is, set uintptr }{
		{unix.ST_NOEXEC, unix.MS_NOEXEC}, {unix.ST_NOATIME, unix.MS_NOATIME}, {unix.ST_NODIRATIME, unix.MS_NODIRATIME}, {unix.ST_RELATIME, unix.MS_RELATIME},
	} {
		if uintptr(s.Flags)&kept.is != 0 {
			flags |= kept.set
		}
	}
	if err := unix.Mount("", target, "", flags, ""); err != nil {
		return fmt.Errorf("make %s read-only: %w", source, err)
	}
	return nil
}

// devices are all that a machine has, with their numbers (Documentation/admin-guide/devices.txt).
var devices = []struct {
	name         string
	major, minor uint32
}{{"null", 1, 3}, {"zero", 1, 5}, {"full", 1, 7}, {"random", 1, 8}, {"urandom", 1, 9}}

// buildDev makes /dev: nodes of its own where that is allowed, so that a machine takes it over with one mount; otherwise the host's nodes.
func buildDev(dir string) error {
	const flags = unix.MS_NOSUID | unix.MS_NOEXEC
	if err := unix.Mount("tmpfs", dir, "tmpfs", flags, "mode=0755,size=64k"); err != nil {
		return fmt.Errorf("mount /dev: %w", err)
	}
	for _, d := range devices {
		node := filepath.Join(dir, d.name)
		if unix.Mknod(node, unix.S_IFCHR|0o666, int(unix.Mkdev(d.major, d.minor))) == nil {
			if f, err := os.OpenFile(node, os.O_RDWR, 0); err == nil {
				f.Close()
				if err := os.Chmod(node, 0o666); err != nil { // the umask took some
					return err
				}
				continue
			}
			if err := os.Remove(node); err != nil { // nodes may be made here but not used
				return err
			}
		}
		if err := os.WriteFile(node, nil, 0o666); err != nil {
			return err
		}
		if err := unix.Mount("/dev/"+d.name, node, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("bind /dev/%s: %w", d.name, err)
		}
	}
	links := map[string]string{"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "shm"), 0o755); err != nil {
		return err
	}
	return unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|flags, "")
}

// mountProc gives the launcher a /proc. A fresh one hides nothing, which is what the kernel asks for before a
// machine may mount its own; where that is not allowed the host's does, with whatever the host put over it.
func mountProc(dir string) error {
	fresh := unix.Mount("proc", dir, "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
	if fresh == nil {
		return nil
	}
	if err := unix.Mount("/proc", dir, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", errors.Join(fresh, err))
	}
	return nil
}
