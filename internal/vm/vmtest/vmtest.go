//go:build linux

// Package vmtest is the contract of vm.Driver in executable form. Every driver passes it.
package vmtest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/voltrun/voltrun/internal/vm"
)

// Factory makes the driver under test. Its machines show code of codeStore; the suite closes it.
type Factory func(t testing.TB, codeStore string) vm.Driver

// Run runs the suite.
func Run(t *testing.T, factory Factory) {
	store := t.TempDir()
	d := factory(t, store)
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := d.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	for _, f := range d.Capabilities().Fallbacks {
		t.Logf("fallback: %s", f)
	}
	s := &suite{driver: d, store: store, spec: vm.Spec{Image: pythonImage(t), MemoryMB: 128, CPUs: 1, CodeStore: store, TmpMB: 16}}
	t.Run("a machine runs code and answers", s.answers)
	t.Run("a machine loads nothing but a digest", s.refusesOtherCode)
	t.Run("done closes when the guest dies", s.doneOnDeath)
	t.Run("destroy is idempotent and concurrent", s.destroyTwice)
	t.Run("a failed boot leaves nothing", s.failedBoot)
	t.Run("a canceled boot leaves nothing", s.canceledBoot)
	t.Run("a hundred machines leave nothing", s.leavesNothing)
	if d.Capabilities().Level >= vm.LevelContainer {
		t.Run("isolation", s.isolation)
		t.Run("limits", s.limits)
	}
}

type suite struct {
	driver vm.Driver
	store  string
	spec   vm.Spec
}

// run boots a machine for one call of code and returns what the handler said.
func (s *suite) run(t *testing.T, code string) answer {
	t.Helper()
	g := boot(t, s.driver, s.spec)
	defer g.destroy(t)
	g.load(t, deploy(t, s.store, code))
	a, result := g.invoke(t, "null")
	if result.Failure != nil {
		t.Fatalf("the runtime ended: %+v, exit code %v", *result.Failure, *result.ExitCode)
	}
	return a
}

func (s *suite) answers(t *testing.T) {
	g := boot(t, s.driver, s.spec)
	defer g.destroy(t)
	g.load(t, deploy(t, s.store, "def handler(event, context):\n    return {'twice': event['n'] * 2}\n"))
	for range 2 {
		if a, _ := g.invoke(t, `{"n": 21}`); string(a.OK) != `{"twice": 42}` {
			t.Fatalf("answer %s %s", a.OK, a.Error)
		}
	}
	if g.Usage().CPUTime < 0 || g.Usage().OOMKills != 0 {
		t.Errorf("usage %+v", g.Usage())
	}
	if _, err := g.Dial(context.Background()); err == nil {
		t.Error("a machine could be dialled twice")
	}
}

func (s *suite) refusesOtherCode(t *testing.T) {
	for _, digest := range []string{"..", "../../etc", strings.Repeat("A", 64), strings.Repeat("0", 64), ""} {
		g := boot(t, s.driver, s.spec)
		if failure := g.tryLoad(t, digest); failure == nil {
			t.Errorf("digest %q was loaded", digest)
		}
		g.destroy(t)
	}
}

func (s *suite) doneOnDeath(t *testing.T) {
	g := boot(t, s.driver, s.spec)
	defer g.destroy(t)
	select {
	case <-g.Done():
		t.Fatal("done is closed while the machine runs")
	default:
	}
	g.close() // the agent ends with its host
	select {
	case <-g.Done():
	case <-time.After(patience):
		t.Fatal("done did not close")
	}
}

func (s *suite) destroyTwice(t *testing.T) {
	g := boot(t, s.driver, s.spec)
	defer g.close()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := g.Destroy(context.Background()); err != nil {
				t.Errorf("destroy: %v", err)
			}
			select {
			case <-g.Done():
			default:
				t.Error("destroy returned before the machine was gone")
			}
		})
	}
	wg.Wait()
}

func (s *suite) failedBoot(t *testing.T) {
	before := count(t)
	spec := s.spec
	spec.Image.Command = []string{"/nothing/here"}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	m, err := s.driver.Boot(ctx, spec)
	if err == nil {
		t.Fatalf("machine %s runs a program that does not exist", m.ID())
	}
	if !strings.Contains(err.Error(), "/nothing/here") {
		t.Errorf("the error does not name what is missing: %v", err)
	}
	before.compare(t)
}

func (s *suite) canceledBoot(t *testing.T) {
	before := count(t)
	spec := s.spec
	spec.Image.Command = []string{spec.Image.Command[0], "-c", "import time; time.sleep(1000)"}
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if m, err := s.driver.Boot(ctx, spec); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("machine %v, error %v", m, err)
	}
	before.compare(t)
}

func (s *suite) leavesNothing(t *testing.T) {
	digest := deploy(t, s.store, "def handler(event, context):\n    return open('/tmp/x', 'w').write('x')\n")
	boot(t, s.driver, s.spec).destroy(t) // what is made once is made now
	before := count(t)
	work := make(chan struct{}, 100)
	for range cap(work) {
		work <- struct{}{}
	}
	close(work)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range work {
				g := boot(t, s.driver, s.spec)
				g.load(t, digest)
				g.invoke(t, "null")
				g.destroy(t)
			}
		})
	}
	wg.Wait()
	before.compare(t)
}

// AsUser runs the named test of this test binary again as an ordinary user, for drivers that work
// without root too. It skips, saying so, when this process is not root and the test has run as that user already.
func AsUser(t *testing.T, test string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("not root: the test runs as an ordinary user anyway")
	}
	const uid = 65533 // nobody's: the test needs no account
	dir, err := os.MkdirTemp("", "voltrun-user-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	copyFor(t, "/proc/self/exe", filepath.Join(dir, "test"))
	if err := os.WriteFile(filepath.Join(dir, "agent"), Agent(t), 0o755); err != nil {
		t.Fatal(err)
	}
	work := filepath.Join(dir, "work")
	if err := errors.Join(os.Mkdir(work, 0o755), os.Chown(work, uid, uid), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, "test"), "-test.run=^"+test+"$", "-test.v")
	cmd.Dir = work
	cmd.Env = []string{"TMPDIR=" + work, "HOME=" + work, "PATH=/usr/bin:/bin", agentEnv + "=" + filepath.Join(dir, "agent")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}

func copyFor(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}
