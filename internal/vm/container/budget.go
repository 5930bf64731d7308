//go:build linux

package container

import (
	"sync"
	"time"

	"github.com/voltrun/voltrun"
)

// budget keeps the machines within what the host has, and numbers them: a slot is one machine's, and so are the user ids that follow from it.
type budget struct {
	mu       sync.Mutex
	machines int
	memoryMB int
	free     []uint32 // slots given back, the oldest first, so that an id rests before it is used again
	next     uint32
}

func newBudget(machines, memoryMB int) *budget {
	return &budget{machines: machines, memoryMB: memoryMB}
}

// take reserves a machine, or fails with CodeCapacity.
func (b *budget) take(memoryMB int) (uint32, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.machines == 0 || b.memoryMB < memoryMB {
		return 0, &voltrun.Error{Code: voltrun.CodeCapacity, RetryAfter: time.Second,
			Message: "this server has no room for another machine right now; try again shortly, or raise its limit of machines or memory"}
	}
	b.machines--
	b.memoryMB -= memoryMB
	if len(b.free) > 0 {
		slot := b.free[0]
		b.free = b.free[1:]
		return slot, nil
	}
	b.next++
	return b.next, nil
}

func (b *budget) give(slot uint32, memoryMB int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.machines++
	b.memoryMB += memoryMB
	b.free = append(b.free, slot)
}
