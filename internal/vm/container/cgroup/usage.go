//go:build linux

package cgroup

import (
	"bytes"
	"os"
	"path"
	"slices"
	"strconv"
	"time"
)

// Location is where the groups of a Manager are in one hierarchy.
type Location struct {
	Path        string   `json:"path"`
	V2          bool     `json:"v2"`
	Controllers []string `json:"controllers"`
}

// UsageOf reads what the group has used. Figures the host does not have are zero.
func UsageOf(locations []Location, name string) Usage {
	var u Usage
	for _, l := range locations {
		read := func(file string) []byte {
			text, err := os.ReadFile(path.Join(l.Path, name, file))
			if err != nil {
				return nil // not this controller, or the group is gone
			}
			return text
		}
		switch {
		case l.V2 && len(l.Controllers) > 0:
			u.addV2(l, read)
		case !l.V2:
			u.addV1(l, read)
		}
	}
	return u
}

func (u *Usage) addV2(l Location, read func(string) []byte) {
	if slices.Contains(l.Controllers, Memory) {
		u.MemoryPeakBytes = number(read("memory.peak"))
		if u.MemoryPeakBytes == 0 { // before Linux 5.19
			u.MemoryPeakBytes = number(read("memory.current"))
		}
		u.OOMKills = int(field(read("memory.events"), "oom_kill"))
	}
	if us := field(read("cpu.stat"), "usage_usec"); us > 0 {
		u.CPUTime = time.Duration(us) * time.Microsecond
	}
}

func (u *Usage) addV1(l Location, read func(string) []byte) {
	if slices.Contains(l.Controllers, Memory) {
		u.MemoryPeakBytes = number(read("memory.max_usage_in_bytes"))
		u.OOMKills = int(field(read("memory.oom_control"), "oom_kill"))
	}
	if slices.Contains(l.Controllers, "cpuacct") {
		u.CPUTime = time.Duration(number(read("cpuacct.usage")))
	}
}

func number(text []byte) int64 {
	n, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// field finds "key value" among lines.
func field(text []byte, key string) int64 {
	for line := range bytes.Lines(text) {
		if k, v, ok := bytes.Cut(line, []byte(" ")); ok && string(k) == key {
			return number(v)
		}
	}
	return 0
}
