//go:build linux

package seccomp

import (
	"encoding/binary"
	"runtime"
	"slices"
	"testing"

	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

func TestTheFilterAssembles(t *testing.T) {
	filter, err := Build()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(filter) / 8; n < 100 || n > 4096 {
		t.Fatalf("the filter has %d instructions", n)
	}
}

// decider runs the program on calls. The interpreter reads its input in network order, and so it is given.
func decider(t *testing.T, info *arch.Info) func(id arch.AuditArch, number, first, second uint32) bpf.RetConstant {
	machine, err := bpf.NewVM(program(info))
	if err != nil {
		t.Fatal(err)
	}
	return func(id arch.AuditArch, number, first, second uint32) bpf.RetConstant {
		var data [64]byte
		binary.BigEndian.PutUint32(data[numberOffset:], number)
		binary.BigEndian.PutUint32(data[archOffset:], uint32(id))
		binary.BigEndian.PutUint32(data[argumentOffset:], first)
		binary.BigEndian.PutUint32(data[argumentOffset+8:], second)
		got, err := machine.Run(data[:])
		if err != nil {
			t.Fatal(err)
		}
		return bpf.RetConstant{Val: uint32(got)}
	}
}

func TestEveryCallIsDecidedAsListed(t *testing.T) {
	info, err := arch.GetInfo(runtime.GOARCH)
	if err != nil {
		t.Fatal(err)
	}
	decide := decider(t, info)
	names := map[uint32]string{}
	for name, number := range info.SyscallNames {
		names[uint32(number)] = name
	}
	for number := range uint32(1000) {
		name, want := names[number], enosys
		switch {
		case rules()[name] != nil:
			continue // below
		case slices.Contains(allowed, name):
			want = allow
		case slices.Contains(forbidden, name):
			want = eperm
		}
		if got := decide(info.ID, number, 0, 0); got != want {
			t.Errorf("call %d %s: %#x, not %#x", number, name, got.Val, want.Val)
		}
		if got := decide(info.ID, number|x32Bit, 0, 0); got != enosys {
			t.Errorf("x32 call %d: %#x", number, got.Val)
		}
		if got := decide(info.ID+1, number, 0, 0); got != enosys {
			t.Errorf("call %d of another architecture: %#x", number, got.Val)
		}
	}
	for _, number := range []uint32{1<<20 + 1, x32Bit - 1, 1 << 31, 1<<32 - 1} {
		if got := decide(info.ID, number, 0, 0); got != enosys {
			t.Errorf("call %#x: %#x", number, got.Val)
		}
	}
}

func TestArgumentsDecide(t *testing.T) {
	info, err := arch.GetInfo(runtime.GOARCH)
	if err != nil {
		t.Fatal(err)
	}
	decide := decider(t, info)
	for _, c := range []struct {
		name          string
		first, second uint32
		want          bpf.RetConstant
	}{
		{"socket", unix.AF_UNIX, 0, allow}, {"socket", unix.AF_INET, 0, allow}, {"socket", unix.AF_INET6, 0, allow},
		{"socket", unix.AF_NETLINK, 0, fail(unix.EAFNOSUPPORT)}, {"socket", unix.AF_PACKET, 0, fail(unix.EAFNOSUPPORT)},
		{"socketpair", unix.AF_UNIX, 0, allow}, {"socketpair", unix.AF_INET, 0, eperm},
		{"personality", 0, 0, allow}, {"personality", 0xffffffff, 0, allow}, {"personality", 0x40000, 0, eperm},
		{"clone", unix.CLONE_VM | unix.CLONE_THREAD, 0, allow}, {"clone", unix.CLONE_NEWUSER, 0, eperm}, {"clone", unix.CLONE_NEWNS | uint32(unix.SIGCHLD), 0, eperm},
		{"ioctl", 0, unix.TIOCSTI, eperm}, {"ioctl", 0, unix.TIOCLINUX, eperm}, {"ioctl", 0, unix.TIOCINQ, allow},
		{"prctl", unix.PR_SET_DUMPABLE, 0, eperm}, {"prctl", unix.PR_SET_NAME, 0, allow},
	} {
		if got := decide(info.ID, uint32(info.SyscallNames[c.name]), c.first, c.second); got != c.want {
			t.Errorf("%s(%#x, %#x): %#x, not %#x", c.name, c.first, c.second, got.Val, c.want.Val)
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		if _, err := Build(); err != nil {
			b.Fatal(err)
		}
	}
}
