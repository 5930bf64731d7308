//go:build linux

// Package doctor tells in plain words what this machine can do for VoltRun, what it cannot, and
// which command changes that.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/voltrun/voltrun/internal/vm/container"
	"github.com/voltrun/voltrun/internal/vm/container/cgroup"
)

// Status of a finding.
type Status string

const (
	OK   Status = "ok"
	Warn Status = "warn" // works, with less protection or less speed
	Fail Status = "fail" // does not work
)

// Finding is what one check found. Fix is a command or a sentence; empty when there is nothing to do.
type Finding struct {
	Name   string
	Status Status
	Detail string
	Fix    string
}

// Options of a check.
type Options struct {
	DataDir  string
	Agent    []byte   // the agent's binary; without it no machine is tried
	Runtimes []string // the runtimes that were found, such as "Node.js 22 (22.23.3)"
}

// minFreeBytes is what the data directory should have free: images take about 200 MB, the rest is for history.
const minFreeBytes = 2 << 30

// Check looks at everything, in the order a person would fix it.
func Check(ctx context.Context, o Options) []Finding {
	findings := []Finding{userNamespaces(), seccomp(), controlGroups()}
	findings = append(findings, machine(ctx, o)...)
	return append(findings, kvm(), runtimes(o.Runtimes), disk(o.DataDir), descriptors())
}

// Failed tells whether something does not work.
func Failed(findings []Finding) bool {
	for _, f := range findings {
		if f.Status == Fail {
			return true
		}
	}
	return false
}

// sysctl reads a number below /proc/sys; ok is false where this kernel does not have it.
func sysctl(name string) (value int64, ok bool) {
	text, err := os.ReadFile(filepath.Join("/proc/sys", strings.ReplaceAll(name, ".", "/")))
	if err != nil {
		return 0, false
	}
	value, err = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return value, err == nil
}

func userNamespaces() Finding {
	const name = "user namespaces"
	if n, ok := sysctl("user.max_user_namespaces"); ok && n == 0 {
		return Finding{name, Fail, "this kernel is set to allow none", "sudo sysctl -w user.max_user_namespaces=15000"}
	}
	if os.Geteuid() == 0 {
		return Finding{name, OK, "allowed; as root, every machine gets user ids of its own", ""}
	}
	if n, ok := sysctl("kernel.unprivileged_userns_clone"); ok && n == 0 {
		return Finding{name, Fail, "only root may make them here", "sudo sysctl -w kernel.unprivileged_userns_clone=1"}
	}
	if n, ok := sysctl("kernel.apparmor_restrict_unprivileged_userns"); ok && n == 1 {
		return Finding{name, Fail, "AppArmor keeps programs without a profile from using them",
			"sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"}
	}
	return Finding{name, OK, "allowed for ordinary users", ""}
}

func seccomp() Finding {
	const name = "system call filter"
	if _, err := os.Stat("/proc/sys/kernel/seccomp/actions_avail"); err != nil {
		return Finding{name, Fail, "this kernel has no seccomp filters", "use a kernel built with CONFIG_SECCOMP_FILTER"}
	}
	return Finding{name, OK, "seccomp filters are available", ""}
}

func controlGroups() Finding {
	const name = "control groups"
	kind, err := cgroup.Kind()
	if err != nil {
		return Finding{name, Warn, err.Error(), ""}
	}
	if kind == "none" {
		return Finding{name, Warn, "none are mounted: limits on memory and CPU have weaker substitutes", "sudo mount -t cgroup2 none /sys/fs/cgroup"}
	}
	return Finding{name, OK, "mounted as " + kind + "; whether they can be used is told below", ""}
}

// machine builds a real one.
func machine(ctx context.Context, o Options) []Finding {
	const name = "container"
	if len(o.Agent) == 0 {
		return []Finding{{name, Warn, "no machine was tried: this build carries no agent", "make build"}}
	}
	capabilities, err := container.Probe(ctx, o.Agent)
	if err != nil {
		return []Finding{{name, Fail, err.Error(), "run VoltRun as root, or allow user namespaces as told above; inside Docker, start it with --privileged"}}
	}
	findings := []Finding{{name, OK, "a trial machine was built: " + capabilities.Summary, ""}}
	for _, fallback := range capabilities.Fallbacks {
		f := Finding{name, Warn, fallback, ""}
		if strings.Contains(fallback, "control group") {
			f.Fix = "sudo voltrun serve, or: systemd-run --user --scope -p Delegate=yes voltrun serve"
		}
		findings = append(findings, f)
	}
	return findings
}

func kvm() Finding {
	const name = "KVM"
	f, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	switch {
	case err == nil:
		f.Close()
		return Finding{name, OK, "/dev/kvm can be opened: microVMs are possible here", ""}
	case errors.Is(err, os.ErrPermission):
		return Finding{name, Warn, "/dev/kvm is there, but this user may not open it: functions share the host's kernel", "sudo usermod -aG kvm $USER, then log in again"}
	}
	return Finding{name, Warn, "there is no /dev/kvm (" + cause(err) + "): functions share the host's kernel, in containers", "use a host with hardware virtualisation, or switch on nested virtualisation"}
}

func cause(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

func runtimes(found []string) Finding {
	const name = "runtimes"
	if len(found) == 0 {
		return Finding{name, Fail, "neither Node.js nor Python was found", "sudo apt-get install -y nodejs python3"}
	}
	return Finding{name, OK, strings.Join(found, ", "), ""}
}

func disk(dir string) Finding {
	const name = "disk"
	if dir == "" {
		return Finding{name, Warn, "no data directory was given", ""}
	}
	at := dir
	for {
		if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
			break
		}
		at = filepath.Dir(at) // it is made by the first start
	}
	var s unix.Statfs_t
	if err := unix.Statfs(at, &s); err != nil {
		return Finding{name, Fail, fmt.Sprintf("%s: %v", at, err), "set VOLTRUN_DATA_DIR to a folder that can be used"}
	}
	if err := unix.Access(at, unix.W_OK); err != nil {
		return Finding{name, Fail, at + " cannot be written to", "set VOLTRUN_DATA_DIR to a folder of yours"}
	}
	free := int64(s.Bavail) * s.Bsize
	kind, lasting := fileSystem(int64(s.Type))
	detail := fmt.Sprintf("%.1f GB free at %s (%s)", float64(free)/(1<<30), dir, kind)
	switch {
	case !lasting:
		return Finding{name, Warn, detail + ": everything is gone after a restart, or locks may not hold", "set VOLTRUN_DATA_DIR to a folder on a local disk"}
	case free < minFreeBytes:
		return Finding{name, Warn, detail + ": little room for images and history", "make room, or set VOLTRUN_DATA_DIR to a folder with at least 2 GB"}
	}
	return Finding{name, OK, detail, ""}
}

// fileSystem names a kind (see statfs(2)) and tells whether a database is well kept on it.
func fileSystem(magic int64) (string, bool) {
	switch magic {
	case unix.EXT4_SUPER_MAGIC:
		return "ext4", true
	case unix.XFS_SUPER_MAGIC:
		return "xfs", true
	case unix.BTRFS_SUPER_MAGIC:
		return "btrfs", true
	case unix.OVERLAYFS_SUPER_MAGIC:
		return "overlay", true
	case unix.TMPFS_MAGIC:
		return "memory", false
	case unix.NFS_SUPER_MAGIC:
		return "NFS", false
	}
	return fmt.Sprintf("file system %#x", magic), true
}

// wantDescriptors is enough for a few hundred machines and connections.
const wantDescriptors = 4096

func descriptors() Finding {
	const name = "open files"
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		return Finding{name, Warn, err.Error(), ""}
	}
	if l.Max < wantDescriptors {
		return Finding{name, Warn, fmt.Sprintf("at most %d: few machines and connections at a time", l.Max), "ulimit -n 65536, or LimitNOFILE=65536 in the systemd unit"}
	}
	return Finding{name, OK, fmt.Sprintf("up to %d", l.Max), ""}
}
