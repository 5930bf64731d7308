package harness

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Census counts what a server holds on the host.
type Census struct {
	Processes   int // started by the server, however indirectly
	Groups      int // control groups, of the server and its machines
	Mounts      int // in the host's mount namespace, below its folder
	TempEntries int // files and folders below its TMPDIR
	Descriptors int
	Goroutines  int
}

func (c Census) String() string {
	return fmt.Sprintf("%d processes, %d control groups, %d mounts, %d temporary files, %d descriptors, %d goroutines",
		c.Processes, c.Groups, c.Mounts, c.TempEntries, c.Descriptors, c.Goroutines)
}

// Census counts now.
func (s *Server) Census() Census {
	s.t.Helper()
	c := Census{
		Processes:   len(s.descendants()) - 1, // without the server
		Groups:      s.countGroups(),
		Mounts:      s.countMounts(),
		TempEntries: countEntries(s.t, s.TempDir()),
		Goroutines:  int(s.Metric("go_goroutines")),
	}
	descriptors, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.life.pid))
	if err != nil {
		s.t.Fatal(err)
	}
	c.Descriptors = len(descriptors)
	return c
}

// slack is how many descriptors and goroutines a server may have more than before: connections that
// are still open to the test, to the database, and what serves them.
const slack = 12

// AwaitBaseline waits until the server holds no more than it did, once nothing runs and its idle machines
// have gone. Processes, control groups, mounts and temporary files must be the same, not nearly.
func (s *Server) AwaitBaseline(before Census) {
	s.t.Helper()
	var now Census
	err := poll(Patience, func() error {
		http.DefaultClient.CloseIdleConnections()
		now = s.Census()
		if now.Processes > before.Processes || now.Groups > before.Groups || now.Mounts > before.Mounts || now.TempEntries > before.TempEntries ||
			now.Descriptors > before.Descriptors+slack || now.Goroutines > before.Goroutines+slack {
			return fmt.Errorf("before: %v\nnow: %v", before, now)
		}
		return nil
	})
	if err != nil {
		s.t.Errorf("something is left behind: %v\nprocesses:\n%s", err, strings.Join(describe(s.descendants()), "\n"))
	}
}

// AssertNothingLeft checks, after the server is gone, that control groups, mounts and temporary files are, too.
func (s *Server) AssertNothingLeft() {
	s.t.Helper()
	if n := s.countMounts(); n > 0 {
		s.t.Errorf("%d mounts are left", n)
	}
	if n := countEntries(s.t, s.TempDir()); n > 0 {
		s.t.Errorf("%d temporary files are left below %s", n, s.TempDir())
	}
	if n := s.countGroups(); n > 0 {
		s.t.Errorf("%d control groups are left", n)
	}
}

// descendants lists the processes below the supervisor of this life, the server among them.
func (s *Server) descendants() []int {
	children := map[int][]int{}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			if parent, ok := parentOf(pid); ok {
				children[parent] = append(children[parent], pid)
			}
		}
	}
	var list []int
	for queue := []int{s.life.supervisor.Process.Pid}; len(queue) > 0; queue = queue[1:] {
		list = append(list, children[queue[0]]...)
		queue = append(queue, children[queue[0]]...)
	}
	return list
}

// parentOf reads the parent from /proc/pid/stat, where a name in parentheses comes first.
func parentOf(pid int) (int, bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false // it ended meanwhile
	}
	_, rest, ok := bytes.Cut(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" "))
	fields := strings.Fields(string(rest))
	if !ok || len(fields) < 2 {
		return 0, false
	}
	parent, err := strconv.Atoi(fields[1])
	return parent, err == nil
}

func describe(pids []int) []string {
	var lines []string
	for _, pid := range pids {
		command, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err == nil {
			lines = append(lines, fmt.Sprintf("%d %s", pid, bytes.ReplaceAll(command, []byte{0}, []byte{' '})))
		}
	}
	return lines
}

// countGroups counts the control groups that carry the server's instance, in every hierarchy.
func (s *Server) countGroups() int {
	s.t.Helper()
	instance, err := os.ReadFile(filepath.Join(s.DataDir(), "container", "instance"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0 // another driver
	}
	if err != nil {
		s.t.Fatal(err)
	}
	total, name := 0, "voltrun-"+strings.TrimSpace(string(instance))
	err = filepath.WalkDir("/sys/fs/cgroup", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && strings.Contains(path, name) { // err: it went away meanwhile
			total++
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return total
}

func (s *Server) countMounts() int {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.Count(string(mounts), s.dir)
}

func countEntries(t testing.TB, dir string) int {
	t.Helper()
	total := -1 // without the folder itself
	err := filepath.WalkDir(dir, func(string, fs.DirEntry, error) error { total++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return total
}

// Metric reads one metric by its name and labels as written, such as `voltrun_machines{state="busy"}`. A metric that is not there is 0.
func (s *Server) Metric(name string) float64 {
	s.t.Helper()
	response, err := http.Get(s.address + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			value, err := strconv.ParseFloat(rest, 64)
			if err != nil {
				s.t.Fatal(err)
			}
			return value
		}
	}
	if err := lines.Err(); err != nil {
		s.t.Fatal(err)
	}
	return 0
}

func deadline() <-chan time.Time { return time.After(Patience) }

// AssertNoMounts checks that the host has no mount of this server.
func (s *Server) AssertNoMounts() {
	s.t.Helper()
	if n := s.countMounts(); n > 0 {
		s.t.Errorf("%d mounts are left", n)
	}
}
