//go:build linux

package container

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/voltrun/voltrun/internal/vm"
	"github.com/voltrun/voltrun/internal/vm/container/cgroup"
	"github.com/voltrun/voltrun/internal/vm/vmtest"
)

const patience = time.Minute

// eventually waits for something that another process does and tells nobody about.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s", what, patience)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func groupsOf(instance string) (found []string) {
	for _, pattern := range []string{"/sys/fs/cgroup/", "/sys/fs/cgroup/*/", "/sys/fs/cgroup/*/*/", "/sys/fs/cgroup/*/*/*/"} {
		matches, _ := filepath.Glob(pattern + cgroup.Prefix + instance) // the pattern is well formed
		found = append(found, matches...)
	}
	return found
}

func TestMachinesOfADeadLauncherEndAndNewOnesBoot(t *testing.T) {
	store := t.TempDir()
	d := newTestDriver(t, store)
	defer d.Close(context.Background())
	spec := vm.Spec{Image: vmtest.ReadyImage(t), MemoryMB: 64, CPUs: 1, CodeStore: store, TmpMB: 1}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	m, err := d.Boot(ctx, spec)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.client.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-m.Done():
	case <-ctx.Done():
		t.Fatal("done did not close")
	}
	if err := m.Destroy(ctx); err != nil {
		t.Error(err)
	}
	again, err := d.Boot(ctx, spec)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Destroy(ctx); err != nil {
		t.Error(err)
	}
	if d.budget.machines != d.config.MaxMachines || d.budget.memoryMB != d.config.MemoryBudgetMB {
		t.Errorf("the budget lost something: %d machines, %d MB", d.budget.machines, d.budget.memoryMB)
	}
}

// serverEnv makes TestKilledServerLeavesNothing the server that is killed.
const serverEnv = "VOLTRUN_TEST_SERVER"

func TestKilledServerLeavesNothing(t *testing.T) {
	if dir := os.Getenv(serverEnv); dir != "" {
		beServer(t, dir)
		return
	}
	dir := t.TempDir()
	agent := filepath.Join(dir, "agent")
	if err := os.WriteFile(agent, vmtest.Agent(t), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestKilledServerLeavesNothing$")
	cmd.Env = append(os.Environ(), serverEnv+"="+dir, "VOLTRUN_TEST_AGENT="+agent)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var instance string
	var launcher, machine int
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "serving "); ok {
			if _, err := fmt.Sscan(rest, &instance, &launcher, &machine); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	if launcher == 0 {
		t.Fatal("the server did not start")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	eventually(t, "the launcher is gone", func() bool { return gone(launcher) })
	eventually(t, "the machine is gone", func() bool { return gone(machine) })
	eventually(t, "the groups are gone", func() bool { return len(groupsOf(instance)) == 0 })
}

// gone tells whether a process has ended; one that nobody collects has.
func gone(pid int) bool {
	if unix.Kill(pid, 0) == unix.ESRCH {
		return true
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(text), ") Z ")
}

func beServer(t *testing.T, dir string) {
	store := filepath.Join(dir, "code")
	d, err := New(t.Context(), Config{DataDir: filepath.Join(dir, "data"), CodeStore: store, Agent: vmtest.Agent(t)})
	if err != nil {
		t.Fatal(err)
	}
	m, err := d.Boot(t.Context(), vm.Spec{Image: vmtest.ReadyImage(t), MemoryMB: 64, CPUs: 1, CodeStore: store})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("serving", d.folders.instance, d.client.command.Process.Pid, m.(*machine).pid)
	select {} // until killed
}

func TestAFullHostRefusesWithCapacity(t *testing.T) {
	b := newBudget(2, 300)
	one, err := b.take(160)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.take(160); err == nil {
		t.Fatal("more memory was promised than there is")
	}
	b.give(one, 160)
	if _, err := b.take(160); err != nil {
		t.Fatal(err)
	}
}
