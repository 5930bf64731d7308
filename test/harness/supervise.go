package harness

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// superviseVariable makes this binary a supervisor; its value is the uid to run the server as, or "same".
const superviseVariable = "VOLTRUN_TEST_SUPERVISE"

// supervise starts the command of the arguments and reaps everything that it leaves, until
// nothing is left. It reports "pid N" and "exit STATUS" on descriptor 3. When descriptor 0
// ends, the test is gone, and so must the server be.
func supervise() int {
	runtime.LockOSThread()
	report := os.NewFile(3, "report")
	fail := func(doing string, err error) int {
		fmt.Fprintf(report, "error %s: %v\n", doing, err)
		return 1
	}
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fail("become a subreaper", err)
	}
	command := exec.Command(os.Args[1], os.Args[2:]...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, superviseVariable+"=") {
			command.Env = append(command.Env, pair)
		}
	}
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var uid uint32
	if n, _ := fmt.Sscan(os.Getenv(superviseVariable), &uid); n == 1 {
		command.SysProcAttr.Credential = &syscall.Credential{Uid: uid, Gid: uid}
	}
	if err := command.Start(); err != nil {
		return fail("start the server", err)
	}
	pid := command.Process.Pid
	fmt.Fprintf(report, "pid %d\n", pid)
	go func() { // ends with the process
		io.Copy(io.Discard, os.Stdin)
		syscall.Kill(pid, syscall.SIGKILL)
	}()
	return reap(pid, report)
}

func reap(server int, report io.Writer) int {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return 0 // no child is left
		case pid == server && status.Signaled():
			fmt.Fprintf(report, "exit signal %d\n", status.Signal())
		case pid == server:
			fmt.Fprintf(report, "exit %d\n", status.ExitStatus())
		}
	}
}

// life is one run of the server's process.
type life struct {
	supervisor *exec.Cmd
	hold       io.Closer // the supervisor's standard input
	pid        int
	exited     chan struct{} // the server's process is gone
	status     string        // how, once exited is closed
	gone       chan struct{} // everything it started is gone, too
	closeOnce  sync.Once
}

// startLife starts a supervised process that writes its output to log.
func startLife(t testing.TB, uid string, dir string, env []string, log *os.File, command ...string) *life {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	reports, report, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	l := &life{exited: make(chan struct{}), gone: make(chan struct{})}
	l.supervisor = exec.Command(self, command...)
	l.supervisor.Dir = dir
	l.supervisor.Env = append(env, superviseVariable+"="+uid)
	l.supervisor.Stdout, l.supervisor.Stderr = log, log
	l.supervisor.ExtraFiles = []*os.File{report}
	if l.hold, err = l.supervisor.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := l.supervisor.Start(); err != nil {
		t.Fatal(err)
	}
	report.Close()
	pid := make(chan int, 1)
	go l.listen(reports, pid) // ends with the supervisor, which the test's cleanup waits for
	if l.pid = <-pid; l.pid == 0 {
		t.Fatalf("the server did not start: %s", l.status)
	}
	return l
}

func (l *life) listen(reports *os.File, pid chan<- int) {
	defer reports.Close()
	defer close(l.gone)
	lines := bufio.NewScanner(reports)
	running := false
	for lines.Scan() {
		var n int
		if _, err := fmt.Sscanf(lines.Text(), "pid %d", &n); err == nil {
			running = true
			pid <- n
			continue
		}
		l.status = lines.Text()
		if running {
			running = false
			close(l.exited)
		}
	}
	if running { // the supervisor itself was killed
		l.status = "unknown"
		close(l.exited)
	}
	close(pid)
	l.supervisor.Wait()
}

// release ends a life by force, at the end of a test.
func (l *life) release() {
	l.closeOnce.Do(func() { l.hold.Close() })
}
