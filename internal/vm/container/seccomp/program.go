//go:build linux

package seccomp

import (
	"maps"
	"slices"

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

// program finds the call by halving: the kernel walks through the program for every call number when a filter is installed, to
// remember which ones are always allowed, and every machine installs it.
func program(info *arch.Info) []bpf.Instruction {
	p := []bpf.Instruction{
		bpf.LoadAbsolute{Off: archOffset, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(info.ID), SkipTrue: 1}, enosys,
		bpf.LoadAbsolute{Off: numberOffset, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpLessThan, Val: x32Bit, SkipTrue: 1}, enosys,
	}
	return append(p, search(spans(info))...)
}

// span is a run of call numbers, up to the next span's first, that are decided alike.
type span struct {
	first    uint32
	decision []bpf.Instruction
}

// spans cover all call numbers, in order.
func spans(info *arch.Info) []span {
	decisions := map[uint32][]bpf.Instruction{}
	decide := func(name string, decision ...bpf.Instruction) {
		if number, ok := info.SyscallNames[name]; ok {
			decisions[uint32(number)] = decision
		}
	}
	for _, name := range forbidden {
		decide(name, eperm)
	}
	for _, name := range allowed {
		decide(name, allow)
	}
	for name, decision := range rules() {
		decide(name, decision...)
	}
	unknown := []bpf.Instruction{enosys}
	all := []span{{0, unknown}}
	add := func(first uint32, decision []bpf.Instruction) {
		last := &all[len(all)-1]
		switch {
		case slices.Equal(last.decision, decision):
		case last.first == first:
			last.decision = decision
		default:
			all = append(all, span{first, decision})
		}
	}
	for _, number := range slices.Sorted(maps.Keys(decisions)) {
		add(number, decisions[number])
		if _, next := decisions[number+1]; !next {
			add(number+1, unknown)
		}
	}
	return all
}

// search decides a call whose number is loaded.
func search(all []span) []bpf.Instruction {
	if len(all) == 1 {
		return all[0].decision
	}
	middle := len(all) / 2
	below, above := search(all[:middle]), search(all[middle:])
	p := []bpf.Instruction{
		bpf.JumpIf{Cond: bpf.JumpLessThan, Val: all[middle].first, SkipTrue: 1},
		bpf.Jump{Skip: uint32(len(below))}, // a condition cannot jump that far
	}
	return append(append(p, below...), above...)
}
