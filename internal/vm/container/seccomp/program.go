//go:build linux

package seccomp

import (
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Results of a filter (see seccomp(2)).
var (
	allow  = bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW}
	enosys = fail(unix.ENOSYS)
	eperm  = fail(unix.EPERM)
)

func fail(e unix.Errno) bpf.RetConstant {
	return bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | uint32(e)}
}

// Offsets in struct seccomp_data, on little-endian machines, which all supported ones are.
const (
	numberOffset   = 0
	archOffset     = 4
	argumentOffset = 16
)

// x32 calls have this bit in their number.
const x32Bit = 0x40000000

// rules decide calls by an argument. Each list of instructions starts with the call's number
// known and ends with a result on every path.
func rules() map[string][]bpf.Instruction {
	const nothing = 0
	return map[string][]bpf.Instruction{
		"socket":      oneOf(0, fail(unix.EAFNOSUPPORT), unix.AF_UNIX, unix.AF_INET, unix.AF_INET6),
		"socketpair":  oneOf(0, eperm, unix.AF_UNIX),
		"personality": oneOf(0, eperm, nothing, 0xffffffff),
		"clone": {
			argument(0),
			bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: newNamespaces, SkipTrue: 1},
			allow, eperm,
		},
		// The kernel looks at 32 bits of a terminal request only, and so does this.
		"ioctl": noneOf(1, unix.TIOCSTI, unix.TIOCLINUX),
		// A process that hides its memory would also hide from the agent, which ends strays.
		"prctl": noneOf(0, unix.PR_SET_DUMPABLE),
	}
}

// argument loads the lower half of an argument: all that the kernel itself uses of those that rules look at.
func argument(n uint32) bpf.Instruction {
	return bpf.LoadAbsolute{Off: argumentOffset + 8*n, Size: 4}
}

func oneOf(n uint32, otherwise bpf.RetConstant, values ...uint32) []bpf.Instruction {
	p := []bpf.Instruction{argument(n)}
	for _, v := range values {
		p = append(p, bpf.JumpIf{Cond: bpf.JumpEqual, Val: v, SkipFalse: 1}, allow)
	}
	return append(p, otherwise)
}

func noneOf(n uint32, values ...uint32) []bpf.Instruction {
	p := []bpf.Instruction{argument(n)}
	for _, v := range values {
		p = append(p, bpf.JumpIf{Cond: bpf.JumpEqual, Val: v, SkipFalse: 1}, eperm)
	}
	return append(p, allow)
}

// program decides one call after the other; the kernel remembers which ones are always allowed and does not run it for those.
func program(info *arch.Info) []bpf.Instruction {
	p := []bpf.Instruction{
		bpf.LoadAbsolute{Off: archOffset, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(info.ID), SkipTrue: 1}, enosys,
		bpf.LoadAbsolute{Off: numberOffset, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpLessThan, Val: x32Bit, SkipTrue: 1}, enosys,
	}
	decide := func(name string, decision ...bpf.Instruction) {
		if number, ok := info.SyscallNames[name]; ok {
			p = append(p, bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(number), SkipFalse: uint8(len(decision))})
			p = append(p, decision...)
		}
	}
	for _, name := range allowed {
		decide(name, allow)
	}
	for name, decision := range rules() {
		decide(name, decision...)
	}
	for _, name := range forbidden {
		decide(name, eperm)
	}
	return append(p, enosys)
}
