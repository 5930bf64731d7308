//go:build linux

package inside

import (
	"bytes"
	"encoding/binary"
	"os"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// sampleEvery is how often memory is added up where no cgroup limits it.
const sampleEvery = 25 * time.Millisecond

// sampler enforces the machine's memory limit from within, for hosts without a writable memory cgroup.
type sampler struct {
	limit int64 // bytes

	mu          sync.Mutex
	peak, kills int64
}

// startSampler runs one until the agent ends, which is the end of the machine.
func startSampler(limit int64) *sampler {
	s := &sampler{limit: limit}
	go func() {
		for range time.Tick(sampleEvery) {
			s.sample()
		}
	}()
	return s
}

// sample adds up the memory in use, reports it, and ends what is over the limit.
func (s *sampler) sample() {
	s.mu.Lock()
	defer s.mu.Unlock()
	used := memoryInUse("status", "\nRssAnon:", "\nRssShmem:")
	if used > s.limit {
		// That counts pages that processes share after a fork once for each. The exact figure takes longer to get.
		used = memoryInUse("smaps_rollup", "\nPss_Anon:", "\nPss_Shmem:")
	}
	over := used > s.limit
	if over {
		s.kills++
	}
	if used > s.peak || over {
		s.peak = max(s.peak, used)
		report(s.peak, s.kills)
	}
	if over {
		// Reported before, as the host asks why as soon as it learns of the end. As process 1, -1 is everybody else in the machine.
		_ = unix.Kill(-1, unix.SIGKILL) // ESRCH: nobody is left
	}
}

// report tells the host. The file has a fixed size and is sealed, so a failed write has no remedy and no consequence but a missing figure.
func report(peak, kills int64) {
	var counters [ReportText]byte
	binary.LittleEndian.PutUint64(counters[:8], uint64(peak))
	binary.LittleEndian.PutUint64(counters[8:], uint64(kills))
	_, _ = unix.Pwrite(ReportFD, counters[:], 0)
}

// memoryInUse adds up these fields of a file in /proc over all processes, and the files in memory.
func memoryInUse(file string, keys ...string) int64 {
	var total int64
	for _, path := range []string{"/tmp", "/dev/shm"} {
		var s unix.Statfs_t
		if unix.Statfs(path, &s) == nil {
			total += int64(s.Blocks-s.Bfree) * s.Bsize
		}
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return total
	}
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil && pid > 1 {
			total += fieldBytes("/proc/"+entry.Name()+"/"+file, keys)
		}
	}
	return total
}

// fieldBytes adds up fields that are given in kB.
func fieldBytes(path string, keys []string) int64 {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0 // the process has ended
	}
	var total int64
	for _, key := range keys {
		_, rest, found := bytes.Cut(text, []byte(key))
		if !found {
			continue
		}
		line, _, _ := bytes.Cut(rest, []byte(" kB"))
		kb, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
		if err == nil {
			total += kb << 10
		}
	}
	return total
}
