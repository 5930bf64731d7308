package harness

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// nobody is the ordinary user that a rootless server runs as when the tests are root.
const nobody = 65534

// Options say how to run a server.
type Options struct {
	Isolation string            // "container" unless set
	Rootless  bool              // run it as an ordinary user
	Settings  map[string]string // by environment name without the prefix, such as "SLOTS"
	Env       []string          // more variables, KEY=value
}

// Server is a VoltRun server under test. Its data folder outlives its process.
type Server struct {
	t testing.TB
	*state
}

// state is what every view of a server shares.
type state struct {
	options Options
	dir     string // holds everything of this server: data, temporary files, log
	address string // of this life, "http://127.0.0.1:port"
	logged  int64  // where the log of this life begins
	life    *life
	lives   []*life
}

// Start runs a server and waits until it is ready. It ends with the test.
func Start(t testing.TB, options Options) *Server {
	t.Helper()
	if options.Isolation == "" {
		options.Isolation = "container"
	}
	dir, err := os.MkdirTemp("", "voltrun-test-")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t, &state{options: options, dir: dir}}
	t.Cleanup(s.cleanup)
	for _, folder := range []string{dir, s.DataDir(), s.TempDir(), s.home()} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if s.switchesUser() {
			if err := os.Chown(folder, nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.Launch()
	s.AwaitReady()
	return s
}

// For is the same server reporting to a subtest.
func (s *Server) For(t testing.TB) *Server { return &Server{t, s.state} }

// CanBeRoot reports whether servers can run as root here.
func CanBeRoot() bool { return os.Geteuid() == 0 }

func (s *Server) switchesUser() bool { return s.options.Rootless && CanBeRoot() }

// DataDir is the server's data folder, TempDir what it was given for temporary files.
func (s *Server) DataDir() string { return filepath.Join(s.dir, "data") }
func (s *Server) TempDir() string { return filepath.Join(s.dir, "tmp") }
func (s *Server) home() string    { return filepath.Join(s.dir, "home") }
func (s *Server) logFile() string { return filepath.Join(s.dir, "server.log") }

// URL is the address of the running server.
func (s *Server) URL() string { return s.address }

// PID is the process of the running server.
func (s *Server) PID() int { return s.life.pid }

// Launch starts the process on the same data folder, without waiting until it is ready.
func (s *Server) Launch() {
	s.t.Helper()
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	info, err := log.Stat()
	if err != nil {
		s.t.Fatal(err)
	}
	s.logged = info.Size()
	uid := "same"
	if s.switchesUser() {
		uid = strconv.Itoa(nobody)
	}
	s.life = startLife(s.t, uid, s.dir, s.environ(), log, Programs(s.t).Voltrun, "serve")
	s.lives = append(s.lives, s.life)
}

func (s *Server) environ() []string {
	settings := map[string]string{
		"LISTEN": "127.0.0.1:0", "DATA_DIR": s.DataDir(), "ISOLATION": s.options.Isolation, "RATE_LIMIT": "off",
		"LOG_FORMAT": "json", "PASSWORD_COST": "10",
	}
	maps.Copy(settings, s.options.Settings)
	path := os.Getenv("PATH")
	if s.switchesUser() {
		path = "/usr/local/bin:/usr/bin:/bin"
	}
	env := []string{"PATH=" + path, "HOME=" + s.home(), "TMPDIR=" + s.TempDir()}
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		env = append(env, "VOLTRUN_"+key+"="+settings[key])
	}
	return append(env, s.options.Env...)
}

var listening = regexp.MustCompile(`http://(?:127\.0\.0\.1|localhost|\[::1\]):(\d+)`)

// AwaitReady waits until the server answers that it is ready.
func (s *Server) AwaitReady() {
	s.t.Helper()
	err := poll(Patience, func() error {
		select {
		case <-s.life.exited:
			s.t.Fatalf("the server ended (%s) before it was ready:\n%s", s.life.status, s.Log())
		default:
		}
		found := listening.FindStringSubmatch(s.Log())
		if found == nil {
			return errors.New("the log does not say where it listens")
		}
		s.address = "http://127.0.0.1:" + found[1]
		response, err := http.Get(s.address + "/readyz")
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("/readyz answers %s", response.Status)
		}
		return nil
	})
	if err != nil {
		s.t.Fatalf("the server is not ready: %v\n%s", err, s.Log())
	}
}

// Log is what this life of the server has written so far; AllLogs what all of them have.
func (s *Server) Log() string { return s.AllLogs()[s.logged:] }

func (s *Server) AllLogs() string {
	s.t.Helper()
	text, err := os.ReadFile(s.logFile())
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// Signal sends a signal to the server's process alone.
func (s *Server) Signal(signal syscall.Signal) {
	s.t.Helper()
	if err := syscall.Kill(s.life.pid, signal); err != nil {
		s.t.Fatalf("send %v to the server: %v", signal, err)
	}
}

// Exited is closed once the server's process is gone.
func (s *Server) Exited() <-chan struct{} { return s.life.exited }

// Kill ends the process as a crash does, and waits until everything that it had started is gone.
func (s *Server) Kill() {
	s.t.Helper()
	s.Signal(syscall.SIGKILL)
	s.AwaitGone()
}

// Stop asks the process to end, waits for it, and wants it to end well.
func (s *Server) Stop() {
	s.t.Helper()
	s.Signal(syscall.SIGTERM)
	s.AwaitGone()
	if s.life.status != "exit 0" {
		s.t.Errorf("the server ended with %q after SIGTERM:\n%s", s.life.status, tail(s.Log(), 40))
	}
}

// AwaitGone waits until the process and everything that it had started is gone.
func (s *Server) AwaitGone() {
	s.t.Helper()
	select {
	case <-s.life.gone:
		return
	case <-deadline():
	}
	s.t.Fatalf("processes are left of the server (%s):\n%s", s.life.status, strings.Join(describe(s.descendants()), "\n"))
}

// Restart starts the server again after Kill or Stop.
func (s *Server) Restart() {
	s.t.Helper()
	s.Launch()
	s.AwaitReady()
}

// cleanup ends what is left and removes the folder; a failed test shows the end of the log.
func (s *Server) cleanup() {
	if s.t.Failed() {
		s.t.Logf("the end of the server's log, without good requests:\n%s", tail(notable(s.AllLogs()), 40))
	}
	for _, l := range s.lives {
		l.release()
		select {
		case <-l.gone:
		case <-deadline():
			s.t.Errorf("processes outlive the server of this test:\n%s", strings.Join(describe(s.descendants()), "\n"))
			l.supervisor.Process.Kill()
		}
	}
	if err := os.RemoveAll(s.dir); err != nil {
		s.t.Errorf("the server's folder cannot be removed: %v", err)
	}
}

// notable leaves out the log lines of requests that went well.
func notable(log string) string {
	var lines []string
	for line := range strings.Lines(log) {
		if !strings.Contains(line, `"level":"info"`) || !strings.Contains(line, `"message":"request"`) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

func tail(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// RunSecond starts another process on the same data folder and returns what it said when it ended.
func (s *Server) RunSecond() (string, error) {
	s.t.Helper()
	return s.RunCommand("serve")
}

// RunCommand runs the program with the server's settings until it ends and returns what it said.
func (s *Server) RunCommand(arguments ...string) (string, error) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	command := exec.CommandContext(ctx, Programs(s.t).Voltrun, arguments...)
	command.Env = s.environ()
	out, err := command.CombinedOutput()
	if ctx.Err() != nil {
		return string(out), nil // it had to be stopped
	}
	return string(out), err
}
