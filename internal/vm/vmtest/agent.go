//go:build linux

package vmtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// agentConfined looks at every thread of a machine's agent once code is loaded: none may be able to do what the function must not.
func (s *suite) agentConfined(t *testing.T) {
	g := boot(t, s.driver, s.spec)
	defer g.destroy(t)
	g.load(t, deploy(t, s.store, "def handler(event, context):\n    return 1\n"))
	g.invoke(t, "null")
	threads := 0
	for _, pid := range descendants(os.Getpid()) {
		all, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range all {
			text, err := os.ReadFile(path)
			if err != nil {
				continue // it has ended
			}
			status := fields(string(text))
			if ids := strings.Fields(status["NSpid"]); len(ids) < 2 || ids[len(ids)-1] == ids[0] || status["Name"] != "agent" {
				continue // not in a machine
			}
			threads++
			if status["Seccomp"] != "2" || status["NoNewPrivs"] != "1" {
				t.Errorf("%s: Seccomp %s, NoNewPrivs %s", path, status["Seccomp"], status["NoNewPrivs"])
			}
			for _, set := range []string{"CapEff", "CapPrm", "CapInh", "CapAmb"} {
				if have, err := strconv.ParseUint(status[set], 16, 64); err != nil || have&^(1<<unix.CAP_KILL) != 0 {
					t.Errorf("%s: %s %s", path, set, status[set])
				}
			}
		}
	}
	if threads < 3 {
		t.Errorf("only %d threads of an agent were found", threads)
	}
}

// fields are the lines "name: value" of a file in /proc.
func fields(text string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			all[name] = strings.TrimSpace(value)
		}
	}
	return all
}
