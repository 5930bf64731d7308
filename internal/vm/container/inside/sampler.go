//go:build linux

package inside

import (
	"bytes"
	"encoding/binary"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// sampleEvery is how often memory is added up where no cgroup limits it.
const sampleEvery = 25 * time.Millisecond

// startSampler enforces the machine's memory limit from within, for hosts without a writable memory
// cgroup. It runs until the agent ends, which is the end of the machine.
func startSampler(limit int64) {
	go func() {
		var peak, kills int64
		for range time.Tick(sampleEvery) {
			used := memoryInUse()
			over := used > limit
			if over {
				// As process 1, -1 is everybody else in the machine. ESRCH: nobody was left.
				if unix.Kill(-1, unix.SIGKILL) == nil {
					kills++
				}
			}
			if used > peak || over {
				peak = max(peak, used)
				report(peak, kills)
			}
		}
	}()
}

// report tells the host. The file has a fixed size and is sealed, so a failed write has no remedy and no consequence but a missing figure.
func report(peak, kills int64) {
	var counters [ReportText]byte
	binary.LittleEndian.PutUint64(counters[:8], uint64(peak))
	binary.LittleEndian.PutUint64(counters[8:], uint64(kills))
	_, _ = unix.Pwrite(ReportFD, counters[:], 0)
}

// memoryInUse adds up the private and shared memory of all processes and the files in memory.
func memoryInUse() int64 {
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
			total += residentBytes(entry.Name())
		}
	}
	return total
}

// residentBytes of one process: what it wrote itself, and shared memory.
func residentBytes(pid string) int64 {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0 // it has ended
	}
	var total int64
	for _, key := range []string{"\nRssAnon:", "\nRssShmem:"} {
		_, rest, found := bytes.Cut(status, []byte(key))
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
