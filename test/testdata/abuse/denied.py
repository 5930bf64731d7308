# Tries what a function must not be able to do, when the module is loaded and again when it is
# called, and tells what each came to: "allowed" or the error.
import ctypes
import errno
import fcntl
import os
import platform
import struct

libc = ctypes.CDLL(None, use_errno=True)
NUMBERS = {
    "x86_64": {"ptrace": 101, "keyctl": 250, "add_key": 248, "request_key": 249, "bpf": 321, "io_uring_setup": 425, "userfaultfd": 323,
               "mount": 165, "umount2": 166, "unshare": 272, "setns": 308, "pivot_root": 155, "chroot": 161, "mknod": 133, "mknodat": 259,
               "open_by_handle_at": 304, "perf_event_open": 298, "process_vm_readv": 310, "kexec_load": 246, "init_module": 175,
               "open_tree": 428, "fsopen": 430, "mount_setattr": 442, "sethostname": 170, "settimeofday": 164, "reboot": 169,
               "swapon": 167, "syslog": 103, "iopl": 172, "pidfd_getfd": 438, "clone": 56},
    "aarch64": {"ptrace": 117, "keyctl": 219, "add_key": 217, "request_key": 218, "bpf": 280, "io_uring_setup": 425, "userfaultfd": 282,
                "mount": 40, "umount2": 39, "unshare": 97, "setns": 268, "pivot_root": 41, "chroot": 51, "mknodat": 33,
                "open_by_handle_at": 265, "perf_event_open": 241, "process_vm_readv": 270, "kexec_load": 104, "init_module": 105,
                "open_tree": 428, "fsopen": 430, "mount_setattr": 442, "sethostname": 161, "settimeofday": 170, "reboot": 142,
                "swapon": 224, "syslog": 116, "pidfd_getfd": 438, "clone": 220},
}[platform.machine()]
SYS_CLONE_NEWUSER = 0x10000000
PTRACE_ATTACH = 16
TIOCSTI = 0x5412


def call(name, *args):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(NUMBERS[name]), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    return "allowed" if result >= 0 else errno.errorcode.get(ctypes.get_errno(), str(ctypes.get_errno()))


def calls():
    buffer = ctypes.create_string_buffer(4096)
    path, proc = ctypes.c_char_p(b"/tmp"), ctypes.c_char_p(b"proc")
    arguments = {
        "ptrace": (PTRACE_ATTACH, 1, 0, 0), "keyctl": (0, -3 & 0xFFFFFFFF, 1), "add_key": (ctypes.c_char_p(b"user"), ctypes.c_char_p(b"k"), ctypes.c_char_p(b"v"), 1, -3),
        "request_key": (ctypes.c_char_p(b"user"), ctypes.c_char_p(b"k"), 0, -3), "bpf": (0, buffer, 72), "io_uring_setup": (8, buffer), "userfaultfd": (1,),
        "mount": (proc, path, proc, 0, 0), "umount2": (ctypes.c_char_p(b"/proc"), 2), "unshare": (SYS_CLONE_NEWUSER,), "pivot_root": (path, path),
        "chroot": (path,), "mknod": (ctypes.c_char_p(b"/tmp/node"), 0o20666, 0x0101), "mknodat": (-100, ctypes.c_char_p(b"/tmp/node2"), 0o20666, 0x0101),
        "open_by_handle_at": (-100, buffer, 0), "perf_event_open": (buffer, 0, -1, -1, 0), "process_vm_readv": (1, buffer, 1, buffer, 1, 0),
        "kexec_load": (0, 0, 0, 0), "init_module": (buffer, 10, buffer), "open_tree": (-100, path, 1), "fsopen": (ctypes.c_char_p(b"tmpfs"), 0),
        "mount_setattr": (-100, path, 0, buffer, 32), "sethostname": (path, 4), "settimeofday": (buffer, 0), "reboot": (0xFEE1DEAD - (1 << 32), 672274793, 0, 0),
        "swapon": (path, 0), "syslog": (3, buffer, 4096), "iopl": (3,), "pidfd_getfd": (3, 0, 0),
    }
    results = {name: call(name, *arguments[name]) for name in arguments if name in NUMBERS}
    namespace = os.open("/proc/self/ns/net", os.O_RDONLY) if os.path.exists("/proc/self/ns/net") else -1
    results["setns"] = call("setns", namespace, 0)
    for name, flag in {"mount": 0x00020000, "user": SYS_CLONE_NEWUSER, "net": 0x40000000, "pid": 0x20000000}.items():
        results[f"clone {name} namespace"] = clone(flag)
    return results


def clone(flag):
    ctypes.set_errno(0)
    pid = libc.syscall(ctypes.c_long(NUMBERS["clone"]), ctypes.c_long(flag | 17), ctypes.c_long(0), ctypes.c_long(0), ctypes.c_long(0), ctypes.c_long(0))
    if pid == 0:
        os._exit(0)
    if pid > 0:
        os.waitpid(pid, 0)
        return "allowed"
    return errno.errorcode.get(ctypes.get_errno(), str(ctypes.get_errno()))


def attempt(what):
    try:
        what()
        return "allowed"
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error.errno))


def write(path):
    with open(path, "wb", buffering=0) as file:
        file.write(b"1")


def read(path):
    with open(path, "rb", buffering=0) as file:
        if not file.read(16):
            raise OSError(errno.ENODATA, "it is empty")


def files():
    results = {}
    for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sys/vm/overcommit_memory", "/proc/sys/net/ipv4/ip_forward",
                 "/proc/sysrq-trigger", "/sys/kernel/uevent_helper", "/sys/fs/cgroup/cgroup.procs", "/proc/1/oom_score_adj", "/etc/passwd", "/var/task/new",
                 "/new", "/usr/new", "/var/runtime/new", "/proc/1/mem", "/dev/mem", "/dev/sda", "/bin/sh"):
        if path != "/proc/sysrq-trigger":
            results[f"write {path}"] = attempt(lambda: write(path))
    for path in ("/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/kmsg", "/dev/kvm", "/dev/mem", "/dev/kmsg", "/proc/1/environ", "/proc/1/mem",
                 "/proc/1/maps", "/etc/shadow", "/proc/kallsyms", "/proc/sched_debug"):
        results[f"read {path}"] = attempt(lambda: read(path))
    results["list /proc/1/root"] = attempt(lambda: os.listdir("/proc/1/root/"))
    results["list /proc/1/cwd"] = attempt(lambda: os.listdir("/proc/1/cwd/"))
    results["list /proc/1/fd"] = attempt(lambda: os.listdir("/proc/1/fd"))
    results["list /sys"] = attempt(lambda: os.listdir("/sys/kernel"))
    results["link the task"] = attempt(lambda: os.symlink("/etc", "/var/task/link"))
    results["push keys into a terminal"] = attempt(lambda: fcntl.ioctl(0, TIOCSTI, b"x"))
    results["become root"] = attempt(lambda: os.setresuid(0, 0, 0)) if os.getuid() != 0 else "EPERM"
    for escape in ("/proc/self/fd/{}/..", "/proc/self/fd/{}/../../.."):
        for number in os.listdir("/proc/self/fd"):
            path = escape.format(number)
            if os.path.isdir(path):
                results[f"folder behind {path}"] = "allowed"
    return results


at_load = {**calls(), **files()}


def lambda_handler(event, context):
    at_call = {**calls(), **files()}
    return {"load": at_load, "call": at_call, "capabilities": [line.split() for line in open("/proc/self/status") if line.startswith(("Cap", "NoNewPrivs", "Seccomp:"))]}
