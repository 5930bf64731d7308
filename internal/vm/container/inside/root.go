//go:build linux

package inside

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// codeMount is where the code store waits for AttachCode, behind a folder only the agent may enter.
const codeMount = "/.code"

const quiet = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC

// buildRoot assembles the machine's file system on RootDir and makes it the root. Every mount is the machine's own, made
// from what the launcher prepared; the flags of those (read-only, nosuid, nodev) come with them and are locked.
func buildRoot(c Config) error {
	if err := checkName(c.Image); err != nil {
		return err
	}
	if err := checkName(c.Code); err != nil {
		return err
	}
	steps := []struct {
		source, target, fstype string
		flags                  uintptr
		data                   string
	}{
		{source: filepath.Join(ImagesDir, c.Image), target: "", flags: unix.MS_BIND},
		{source: DevDir, target: "/dev", flags: unix.MS_BIND | unix.MS_REC},
		{"tmpfs", "/dev/shm", "tmpfs", quiet, fmt.Sprintf("mode=1777,size=%d,nr_inodes=%d", c.ShmBytes, c.TmpInodes)},
		{"tmpfs", "/tmp", "tmpfs", unix.MS_NOSUID | unix.MS_NODEV, fmt.Sprintf("mode=1777,size=%d,nr_inodes=%d", c.TmpBytes, c.TmpInodes)},
		{"tmpfs", codeMount, "tmpfs", quiet, "mode=0700,size=4k,nr_inodes=2"},
	}
	for _, s := range steps {
		if err := unix.Mount(s.source, RootDir+s.target, s.fstype, s.flags, s.data); err != nil {
			return fmt.Errorf("mount %s on %s: %w", s.source, s.target+"/", err)
		}
	}
	store := RootDir + codeMount + "/s"
	if err := unix.Mkdir(store, 0o700); err != nil {
		return fmt.Errorf("make the mount point of the code: %w", err)
	}
	if err := unix.Mount(filepath.Join(CodeDir, c.Code), store, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount the code store: %w", err)
	}
	if !c.NoProc {
		if err := mountProc(); err != nil {
			return err
		}
	}
	return enterRoot()
}

// mountProc mounts /proc so that a process sees only its own kind: the function its own processes, the agent (group 0) all.
func mountProc() error {
	if err := unix.Mount("proc", RootDir+"/proc", "proc", quiet, "hidepid=invisible,gid=0"); err != nil {
		// gid 0 is not mapped when the host gave one id only; kernels before 5.8 know the number, not the word.
		if err = unix.Mount("proc", RootDir+"/proc", "proc", quiet, "hidepid=2"); err != nil {
			return fmt.Errorf("mount /proc: %w", err)
		}
	}
	return maskProc()
}

// What of /proc is about the host, not about the machine. Most of it is closed to ordinary
// users anyway; these mounts hold even where a file's mode does not.
var (
	hiddenFiles   = []string{"sysrq-trigger", "kcore", "keys", "key-users", "timer_list", "sched_debug", "kmsg", "kallsyms", "interrupts"}
	hiddenFolders = []string{"acpi", "asound", "bus", "fs", "irq", "scsi"}
)

func maskProc() error {
	sys := RootDir + "/proc/sys"
	if err := unix.Mount(sys, sys, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("bind /proc/sys: %w", err)
	}
	if err := unix.Mount("", sys, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY|quiet, ""); err != nil {
		return fmt.Errorf("make /proc/sys read-only: %w", err)
	}
	mask := func(source string, names []string) error {
		for _, name := range names {
			err := unix.Mount(source, filepath.Join(RootDir, "proc", name), "", unix.MS_BIND, "")
			if err != nil && !errors.Is(err, unix.ENOENT) {
				return fmt.Errorf("hide /proc/%s: %w", name, err)
			}
		}
		return nil
	}
	if err := mask(DevDir+"/null", hiddenFiles); err != nil {
		return err
	}
	return mask(EmptyDir, hiddenFolders)
}

// enterRoot makes RootDir the root and lets go of the launcher's.
func enterRoot() error {
	if err := unix.Chdir(RootDir); err != nil {
		return fmt.Errorf("enter the new root: %w", err)
	}
	// With both names the same, the old root ends up mounted over the new one, and goes with the unmount.
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("change the root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("let go of the old root: %w", err)
	}
	if err := unix.Chdir("/"); err != nil {
		return fmt.Errorf("enter the root: %w", err)
	}
	unix.Umask(0o022)
	return nil
}

// checkName refuses what is not one plain folder name.
func checkName(name string) error {
	if name == "" || name == "." || name == ".." || filepath.Base(name) != name {
		return fmt.Errorf("%q is not a folder name", name)
	}
	return nil
}

// AttachCode shows the folder of the code store that digest names at TaskRoot, read-only, forgets the code store, and then
// takes the agent's own power away. It may be called once; after an error the machine is of no use.
func (e *Environment) AttachCode(digest string) (string, error) {
	if !validDigest(digest) {
		return "", fmt.Errorf("attach code: %.80q is not a SHA-256 in hex", digest)
	}
	if e.sampler != nil {
		e.sampler.sample() // an execution may be over before the sampler looks for the first time
	}
	source := codeMount + "/s/" + digest
	if info, err := os.Lstat(source); err != nil {
		return "", fmt.Errorf("attach code %s: it is not in the code store: %w", digest, err)
	} else if !info.IsDir() {
		return "", fmt.Errorf("attach code %s: it is not a folder", digest)
	}
	if err := unix.Mount(source, taskRoot, "", unix.MS_BIND, ""); err != nil {
		return "", fmt.Errorf("attach code %s: %w", digest, err)
	}
	if err := unix.Unmount(codeMount, unix.MNT_DETACH); err != nil {
		return "", fmt.Errorf("let go of the code store: %w", err)
	}
	if err := e.surrender(); err != nil {
		return "", err
	}
	return taskRoot, nil
}

func validDigest(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
