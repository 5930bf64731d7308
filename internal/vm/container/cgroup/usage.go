//go:build linux

package cgroup

import (
	"bytes"
	"io"
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

// Meter reads what one group has used, again and again: it keeps the files open. Safe for one goroutine at a time.
type Meter struct {
	locations []Location
	name      string
	files     map[string]*os.File // by path; nil for what this host does not have
}

// NewMeter makes a meter; the group may not exist yet.
func NewMeter(locations []Location, name string) *Meter {
	return &Meter{locations: locations, name: name, files: make(map[string]*os.File)}
}

// Read reads the group's figures. Those that the host does not have are zero.
func (m *Meter) Read() Usage {
	var u Usage
	for _, l := range m.locations {
		read := func(file string) []byte { return m.read(path.Join(l.Path, m.name, file)) }
		switch {
		case l.V2 && len(l.Controllers) > 0:
			u.addV2(l, read)
		case !l.V2:
			u.addV1(l, read)
		}
	}
	return u
}

func (m *Meter) read(path string) []byte {
	file, known := m.files[path]
	if !known {
		file, _ = os.Open(path) // nil: not this controller, or the group is gone
		m.files[path] = file
	}
	if file == nil {
		return nil
	}
	text := make([]byte, 512) // the longest of these files has some 150 bytes
	n, err := file.ReadAt(text, 0)
	if err != nil && err != io.EOF {
		return nil // the group is gone
	}
	return text[:n]
}

// Close closes the files.
func (m *Meter) Close() {
	for path, file := range m.files {
		if file != nil {
			_ = file.Close() // it was only read
		}
		delete(m.files, path)
	}
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
