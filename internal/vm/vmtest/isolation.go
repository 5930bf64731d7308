//go:build linux

package vmtest

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// probes is the prelude of every hostile program: each probe is tried and its outcome noted.
const prelude = `
import ctypes, errno, os, socket, stat, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *args):
    ctypes.set_errno(0)
    r = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    return "done" if r >= 0 else errno.errorcode.get(ctypes.get_errno(), "?")
def tried(f):
    try:
        r = f()
        return "done" if r is None else str(r)
    except OSError as e:
        return errno.errorcode.get(e.errno, "?")
def status():
    return dict(l.rstrip("\n").split(":\t", 1) for l in open("/proc/self/status") if ":\t" in l)
`

// hostile are programs, and what each must be told. A list means any of them.
var hostile = []struct {
	name, code string
	want       map[string][]string
}{
	{"no privileges", `
def handler(event, context):
    s = status()
    return {"uid": s["Uid"].split()[0], "gid": s["Gid"].split()[0], "eff": s["CapEff"], "prm": s["CapPrm"], "inh": s["CapInh"],
            "bnd": s["CapBnd"], "amb": s["CapAmb"], "nnp": s["NoNewPrivs"], "seccomp": s["Seccomp"], "pid1": os.getppid(),
            "oom": open("/proc/self/oom_score_adj").read().strip(), "sid": os.getsid(0) == os.getpid()}
`, map[string][]string{"uid": {"1000"}, "gid": {"1000"}, "eff": {none}, "prm": {none}, "inh": {none}, "bnd": {none}, "amb": {none},
		"nnp": {"1"}, "seccomp": {"2"}, "pid1": {"1"}, "oom": {"1000"}, "sid": {"true"}}},
	{"descriptors", `
def handler(event, context):
    open_ = []
    for fd in range(1024):
        try: os.fstat(fd); open_.append(fd)
        except OSError: pass
    return {"fds": " ".join(map(str, open_)), "cwd": os.getcwd()}
`, map[string][]string{"fds": {"0 1 2 3"}, "cwd": {"/var/task"}}},
	{"files", `
def handler(event, context):
    def write(path): return tried(lambda: open(path, "w").close())
    return {"root": write("/x"), "task": write("/var/task/x"), "dev": write("/dev/x"), "etc": write("/etc/passwd"),
            "code": tried(lambda: " ".join(os.listdir("/.code")) or "empty"), "tmp": write("/tmp/x"), "shm": write("/dev/shm/x"),
            "images": tried(lambda: os.listdir("/images")), "sys": tried(lambda: os.listdir("/sys")),
            "home": tried(lambda: os.listdir("/root")), "mnt": tried(lambda: os.listdir("/home")),
            "devices": " ".join(sorted(os.listdir("/dev"))), "env": " ".join(sorted(set(os.environ) - {"LC_CTYPE"}))}
`, map[string][]string{"root": {"EROFS", "EACCES"}, "task": {"EROFS"}, "dev": {"EROFS", "EACCES"}, "etc": {"EROFS", "EACCES"}, "code": {"empty"}, "tmp": {"done"}, "shm": {"done"},
		"images": {"ENOENT"}, "sys": {"ENOENT"}, "home": {"ENOENT"}, "mnt": {"ENOENT"},
		"devices": {"fd full null random shm stderr stdin stdout urandom zero"}, "env": {"LANG PATH"}}},
	{"proc", `
def handler(event, context):
    def read(path): return tried(lambda: (open(path, "rb").read(1), None)[1])
    def write(path): return tried(lambda: open(path, "w").write("1"))
    mounts = open("/proc/self/mountinfo").read()
    return {"pids": " ".join(p for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()),
            "root1": tried(lambda: os.listdir("/proc/1/root")), "fd1": tried(lambda: os.listdir("/proc/1/fd")), "mem1": read("/proc/1/mem"),
            "environ1": read("/proc/1/environ"), "exe1": read("/proc/1/exe"), "sysrq": write("/proc/sysrq-trigger"),
            "core": write("/proc/sys/kernel/core_pattern"), "hostname": write("/proc/sys/kernel/hostname"),
            "kcore": str(os.stat("/proc/kcore").st_size) if os.path.exists("/proc/kcore") else "0", "keys": open("/proc/keys").read() if os.path.exists("/proc/keys") else "",
            "host": str("voltrun" in mounts.split("/var/task")[0] and "/data" in mounts), "cgroup": str(all(l.strip().endswith(":/") for l in open("/proc/self/cgroup")))}
`, map[string][]string{"pids": {""}, "root1": {"ENOENT"}, "fd1": {"ENOENT"}, "mem1": {"ENOENT"}, "environ1": {"ENOENT"}, "exe1": {"ENOENT"},
		"sysrq": {"ENOENT", "EROFS", "EACCES", "1"}, "core": {"EROFS", "EACCES"}, "hostname": {"EROFS", "EACCES"}, "kcore": {"0"}, "keys": {""}, "cgroup": {"True"}}},
	{"network", `
def handler(event, context):
    def connect(family, address):
        s = socket.socket(family, socket.SOCK_STREAM); s.settimeout(5)
        return tried(lambda: s.connect(address))
    return {"lo": connect(socket.AF_INET, ("127.0.0.1", 8080)), "lo6": connect(socket.AF_INET6, ("::1", 8080)),
            "meta": connect(socket.AF_INET, ("169.254.169.254", 80)), "private": connect(socket.AF_INET, ("10.0.0.1", 80)),
            "private2": connect(socket.AF_INET, ("192.168.0.1", 80)), "world": connect(socket.AF_INET, ("1.1.1.1", 53)),
            "link": connect(socket.AF_INET6, ("fe80::1", 80, 0, 2)), "names": " ".join(sorted(l.split(":")[0].strip() for l in open("/proc/net/dev").readlines()[2:] if "lo" in l)),
            "count": str(len(open("/proc/net/route").readlines())),
            "netlink": tried(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) and None),
            "packet": tried(lambda: socket.socket(17, socket.SOCK_RAW, 0) and None), "alg": tried(lambda: socket.socket(38, socket.SOCK_SEQPACKET, 0) and None),
            "vsock": tried(lambda: socket.socket(40, socket.SOCK_STREAM, 0) and None), "raw": tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1) and None),
            "abstract": connect(socket.AF_UNIX, "\0/tmp/.X11-unix/X0")}
`, map[string][]string{"lo": {"ECONNREFUSED"}, "lo6": {"ECONNREFUSED"}, "meta": {"ENETUNREACH"}, "private": {"ENETUNREACH"}, "private2": {"ENETUNREACH"},
		"world": {"ENETUNREACH"}, "link": {"ENETUNREACH", "ENODEV", "EINVAL"}, "names": {"lo"}, "count": {"1"}, "netlink": {"EAFNOSUPPORT"}, "packet": {"EAFNOSUPPORT"},
		"alg": {"EAFNOSUPPORT"}, "vsock": {"EAFNOSUPPORT"}, "raw": {"EPERM"}, "abstract": {"ECONNREFUSED"}}},
	{"system calls", `
def handler(event, context):
    import fcntl, platform
    assert platform.machine() in ("x86_64", "aarch64")
    x86 = platform.machine() == "x86_64"
    n = lambda a, b: a if x86 else b
    p = ctypes.create_string_buffer(256)
    def ioctl(request): return tried(lambda: fcntl.ioctl(0, request, b"x") and None)
    return {"ptrace": call(n(101, 117), 0, 0, 0, 0), "readv": call(n(310, 270), 1, p, 1, p, 1, 0), "keyctl": call(n(250, 219), 0, -3, 0, 0, 0),
            "add_key": call(n(248, 217), b"user", b"x", b"y", 1, -3), "bpf": call(n(321, 280), 0, p, 64), "io_uring": call(425, 1, p),
            "userfaultfd": call(n(323, 282), 1), "perf": call(n(298, 241), p, 0, -1, -1, 0), "mount": call(n(165, 40), b"t", b"/tmp", b"tmpfs", 0, 0),
            "umount": call(n(166, 39), b"/tmp", 2), "unshare": call(n(272, 97), 0x10000000), "setns": call(n(308, 268), 0, 0),
            "clone_user": call(n(56, 220), 0x10000011, 0, 0, 0, 0), "clone_net": call(n(56, 220), 0x40000011, 0, 0, 0, 0), "clone3": call(435, p, 88),
            "open_tree": call(428, -100, b"/", 1), "fsopen": call(430, b"tmpfs", 0), "move_mount": call(429, 0, b"", 0, b"/", 4), "mount_setattr": call(442, 0, b"", 0, p, 32),
            "handle": call(n(304, 265), -100, p, 0), "pivot": call(n(155, 41), b"/tmp", b"/tmp"), "chroot": call(n(161, 51), b"/tmp"),
            "module": call(n(175, 105), p, 1, b""), "kexec": call(n(246, 104), 0, 0, 0, 0), "personality": call(n(135, 92), 0x0040000),
            "mknod": tried(lambda: os.mknod("/tmp/kvm", 0o666 | stat.S_IFCHR, os.makedev(10, 232))), "kvm": tried(lambda: open("/dev/kvm")),
            "tiocsti": ioctl(0x5412), "tioclinux": ioctl(0x541C), "hidden": ioctl(0x5412), "dumpable": call(n(157, 167), 4, 0, 0, 0, 0),
            "x32": call(0x40000000 + 39) if x86 else "ENOSYS", "unknown": call(999), "setuid": call(n(105, 146), 0), "reboot": call(n(169, 142), 0, 0, 0, 0),
            "signal1": tried(lambda: os.kill(1, 9))}
`, map[string][]string{"ptrace": eperm, "readv": eperm, "keyctl": eperm, "add_key": eperm, "bpf": eperm, "io_uring": eperm, "userfaultfd": eperm, "perf": eperm,
		"mount": eperm, "umount": eperm, "unshare": eperm, "setns": eperm, "clone_user": eperm, "clone_net": eperm, "clone3": {"ENOSYS"},
		"open_tree": eperm, "fsopen": eperm, "move_mount": eperm, "mount_setattr": eperm, "handle": eperm, "pivot": eperm, "chroot": eperm, "module": eperm, "kexec": eperm,
		"personality": eperm, "mknod": eperm, "kvm": {"ENOENT"}, "tiocsti": eperm, "tioclinux": eperm, "hidden": eperm, "dumpable": eperm, "x32": {"ENOSYS"}, "unknown": {"ENOSYS"},
		"setuid": {"EPERM", "EINVAL"}, "reboot": eperm}},
	{"setuid files", `
def handler(event, context):
    import shutil
    shutil.copy(sys.executable, "/tmp/python")
    return {"chmod": tried(lambda: os.chmod("/tmp/python", 0o6755)), "nosuid": str(bool(os.statvfs("/tmp").f_flag & os.ST_NOSUID)),
            "nodev": str(bool(os.statvfs("/tmp").f_flag & 4)), "root": str(bool(os.statvfs("/").f_flag & os.ST_NOSUID and os.statvfs("/").f_flag & os.ST_RDONLY)),
            "task": str(bool(os.statvfs("/var/task").f_flag & os.ST_NOSUID and os.statvfs("/var/task").f_flag & os.ST_RDONLY))}
`, map[string][]string{"nosuid": {"True"}, "nodev": {"True"}, "root": {"True"}, "task": {"True"}}},
}

const none = "0000000000000000"

var eperm = []string{"EPERM"}

func (s *suite) isolation(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			a := s.run(t, prelude+h.code)
			if a.Error != "" {
				t.Fatal(a.Error)
			}
			var got map[string]any
			if err := json.Unmarshal(a.OK, &got); err != nil {
				t.Fatal(err)
			}
			for probe, allowed := range h.want {
				text, isText := got[probe].(string)
				if !isText {
					raw, _ := json.Marshal(got[probe]) // a value that came from JSON
					text = string(raw)
				}
				ok := false
				for _, want := range allowed {
					ok = ok || text == want
				}
				if !ok {
					t.Errorf("%s: %q, want one of %q", probe, text, allowed)
				}
			}
		})
	}
	t.Run("the agent is confined too", s.agentConfined)
	t.Run("two machines", s.twoMachines)
	t.Run("the host's secrets", s.hostSecrets)
}

// twoMachines keep their files, processes and queues to themselves.
func (s *suite) twoMachines(t *testing.T) {
	code := prelude + `
import time
def handler(event, context):
    if event == "plant":
        open("/tmp/planted", "w").write("x"); open("/dev/shm/planted", "w").write("x")
        s = socket.socket(socket.AF_UNIX); s.bind("\0planted"); s.listen(); globals()["keep"] = s
        return libc.shmget(77, 4096, 0o1666) >= 0
    s = socket.socket(socket.AF_UNIX)
    return [os.path.exists("/tmp/planted"), os.path.exists("/dev/shm/planted"), tried(lambda: s.connect("\0planted")), libc.shmget(77, 4096, 0o666) >= 0]
`
	digest := deploy(t, s.store, code)
	one, two := boot(t, s.driver, s.spec), boot(t, s.driver, s.spec)
	defer one.destroy(t)
	defer two.destroy(t)
	one.load(t, digest)
	two.load(t, digest)
	if a, _ := one.invoke(t, `"plant"`); string(a.OK) != "true" {
		t.Fatalf("plant: %s %s", a.OK, a.Error)
	}
	if a, _ := two.invoke(t, `"look"`); string(a.OK) != `[false, false, "ECONNREFUSED", false]` {
		t.Errorf("the second machine sees %s %s", a.OK, a.Error)
	}
}

// hostSecrets searches everything readable for a secret of the server: its environment and a file beside the code.
func (s *suite) hostSecrets(t *testing.T) {
	const secret = "correct-horse-battery-staple"
	t.Setenv("VOLTRUN_TEST_SECRET", secret)
	other := deploy(t, s.store, "# "+secret+"\n")
	path := s.store + "/" + other
	a := s.run(t, prelude+`
import base64
secret = base64.b64decode("`+"Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5LXN0YXBsZQ=="+`")
def handler(event, context):
    found = []
    for root, dirs, files in os.walk("/"):
        if root.startswith("/usr"): dirs[:] = []; continue
        for f in files:
            p = os.path.join(root, f)
            try:
                if not stat.S_ISREG(os.lstat(p).st_mode) or p.startswith("/proc/self/") and p.endswith("mem"): continue
                fd = os.open(p, os.O_RDONLY | os.O_NONBLOCK)
                try:
                    if secret in os.read(fd, 1 << 16) and "/proc/" not in p: found.append(p)
                finally: os.close(fd)
            except OSError: pass
    return [found, os.path.exists("`+path+`")]
`)
	if string(a.OK) != "[[], false]" {
		t.Errorf("found in %s %s", a.OK, a.Error)
	}
	if strings.Contains(string(a.OK), secret) || os.Getenv("VOLTRUN_TEST_SECRET") != secret {
		t.Error("the test's own secret is not in place")
	}
}
