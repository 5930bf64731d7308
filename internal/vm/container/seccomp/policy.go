//go:build linux

// Package seccomp builds the system call filter of container machines.
//
// It is an allow-list. What is not on it fails with an error and kills nobody: EPERM for calls a function must not make,
// ENOSYS for calls this list does not know, so that C libraries fall back to older ones.
package seccomp

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"

	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// allowed is what programs of any language need. Names that an architecture lacks are left out there.
var allowed = []string{
	// files and descriptors
	"read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2",
	"open", "openat", "openat2", "creat", "close", "close_range", "dup", "dup2", "dup3", "fcntl", "flock", "lseek",
	"stat", "fstat", "lstat", "newfstatat", "statx", "statfs", "fstatfs", "access", "faccessat", "faccessat2",
	"truncate", "ftruncate", "fallocate", "fadvise64", "readahead", "sync", "syncfs", "fsync", "fdatasync", "sync_file_range", "msync",
	"mkdir", "mkdirat", "rmdir", "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat",
	"readlink", "readlinkat", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "umask",
	"utime", "utimes", "utimensat", "futimesat", "getdents", "getdents64", "getcwd", "chdir", "fchdir",
	"getxattr", "lgetxattr", "fgetxattr", "listxattr", "llistxattr", "flistxattr",
	"setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr",
	"copy_file_range", "sendfile", "splice", "tee", "vmsplice", "pipe", "pipe2", "memfd_create", "memfd_secret",
	"inotify_init", "inotify_init1", "inotify_add_watch", "inotify_rm_watch", "name_to_handle_at",
	// waiting
	"poll", "ppoll", "select", "pselect6", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_ctl_old", "epoll_wait", "epoll_wait_old",
	"epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "signalfd", "signalfd4",
	"timerfd_create", "timerfd_settime", "timerfd_gettime", "io_setup", "io_submit", "io_getevents", "io_pgetevents", "io_cancel", "io_destroy",
	// memory
	"brk", "mmap", "munmap", "mprotect", "mremap", "madvise", "mincore", "mlock", "mlock2", "munlock", "mlockall", "munlockall",
	"membarrier", "rseq", "pkey_alloc", "pkey_free", "pkey_mprotect", "get_mempolicy", "remap_file_pages", "mseal", "map_shadow_stack",
	// processes and threads
	"fork", "vfork", "execve", "execveat", "exit", "exit_group", "wait4", "waitid", "kill", "tkill", "tgkill",
	"pidfd_open", "pidfd_send_signal", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
	"getpid", "getppid", "gettid", "getpgid", "setpgid", "getpgrp", "getsid", "setsid",
	"getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid", "getgroups",
	"setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid",
	"capget", "capset", "getpriority", "setpriority", "ioprio_get", "ioprio_set",
	"sched_yield", "sched_getaffinity", "sched_setaffinity", "sched_getparam", "sched_setparam", "sched_getattr", "sched_setattr",
	"sched_getscheduler", "sched_setscheduler", "sched_get_priority_max", "sched_get_priority_min", "sched_rr_get_interval",
	"getrlimit", "setrlimit", "prlimit64", "getrusage", "times", "getcpu", "sysinfo", "uname", "arch_prctl",
	"set_tid_address", "set_robust_list", "get_robust_list", "set_thread_area", "get_thread_area", "restart_syscall",
	"futex", "futex_waitv", "futex_wake", "futex_wait", "futex_requeue",
	// signals
	"rt_sigaction", "rt_sigprocmask", "rt_sigpending", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "sigaltstack", "pause", "alarm",
	// time
	"clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "getitimer", "setitimer",
	"timer_create", "timer_delete", "timer_getoverrun", "timer_gettime", "timer_settime",
	// sockets, of the families that rules allow
	"bind", "listen", "accept", "accept4", "connect", "getsockname", "getpeername", "shutdown", "getsockopt", "setsockopt",
	"sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg",
	// System V and POSIX queues, which have a namespace of their own
	"shmget", "shmat", "shmdt", "shmctl", "semget", "semop", "semtimedop", "semctl", "msgget", "msgsnd", "msgrcv", "msgctl",
	"mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive", "mq_notify", "mq_getsetattr",
	// the rest
	"getrandom", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "seccomp",
}

// forbidden fail with EPERM: programs that try them should be told no, not that the kernel is old.
var forbidden = []string{
	"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "kcmp", "pidfd_getfd",
	"keyctl", "add_key", "request_key", "bpf", "io_uring_setup", "io_uring_enter", "io_uring_register", "userfaultfd", "perf_event_open",
	"mount", "umount2", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "pivot_root", "chroot",
	"unshare", "setns", "mknod", "mknodat", "open_by_handle_at", "fanotify_init", "fanotify_mark", "quotactl", "quotactl_fd",
	"kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "reboot", "swapon", "swapoff", "acct", "syslog", "vhangup",
	"iopl", "ioperm", "modify_ldt", "sethostname", "setdomainname", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
	"mbind", "set_mempolicy", "set_mempolicy_home_node", "migrate_pages", "move_pages", "lookup_dcookie", "nfsservctl", "uselib", "ustat", "sysfs", "_sysctl",
}

// newNamespaces are the flags of clone(2) that make namespaces; clone3(2), whose flags a filter cannot see, does not exist here.
const newNamespaces = unix.CLONE_NEWNS | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWUSER |
	unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWCGROUP

// Build makes the filter for this machine's architecture, in the layout of struct sock_filter. The program is written here, not by
// the library that knows the numbers: what it makes of a call with conditions goes on to
// compare the call's argument with call numbers when they do not hold.
func Build() ([]byte, error) {
	info, err := arch.GetInfo(runtime.GOARCH)
	if err != nil {
		return nil, fmt.Errorf("no system call filter for %s: %w", runtime.GOARCH, err)
	}
	raw, err := bpf.Assemble(program(info))
	if err != nil {
		return nil, fmt.Errorf("assemble the system call filter: %w", err)
	}
	var out bytes.Buffer
	for _, i := range raw {
		if err := binary.Write(&out, binary.NativeEndian, i); err != nil {
			return nil, fmt.Errorf("encode the system call filter: %w", err)
		}
	}
	return out.Bytes(), nil
}
