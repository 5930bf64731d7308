package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// server is a running PostgreSQL.
type server struct {
	dir     string
	port    int
	process *process
	output  *output
}

var sharedServer struct {
	sync.Mutex
	server *server
	err    error
}

// shared returns the one server of this test binary.
func shared(binaries string) (*server, error) {
	sharedServer.Lock()
	defer sharedServer.Unlock()
	if sharedServer.server == nil && sharedServer.err == nil {
		sharedServer.server, sharedServer.err = start(binaries)
	}
	return sharedServer.server, sharedServer.err
}

func stopShared() {
	sharedServer.Lock()
	defer sharedServer.Unlock()
	if sharedServer.server == nil {
		return
	}
	if err := sharedServer.server.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest: stopping PostgreSQL:", err)
	}
	sharedServer.server, sharedServer.err = nil, errors.New("the server of the tests was stopped")
}

// start makes a cluster in a temporary directory and runs a server on it.
func start(binaries string) (_ *server, err error) {
	// Not below TMPDIR, which may be closed to the server's user; and socket paths must be short.
	dir, err := os.MkdirTemp("/tmp", "pgtest-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, output: &output{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	attributes, err := attributes(dir)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	data := filepath.Join(dir, "data")
	if err := s.initialise(ctx, filepath.Join(binaries, "initdb"), data, attributes); err != nil {
		return nil, err
	}
	// Another process may take the free port before the server does: then try the next.
	for range 5 {
		if s.port, err = freePort(); err != nil {
			return nil, err
		}
		if err = s.run(ctx, filepath.Join(binaries, "postgres"), data, attributes); err == nil {
			return s, nil
		}
	}
	return nil, err
}

func (s *server) initialise(ctx context.Context, initdb, data string, attributes *syscall.SysProcAttr) error {
	command := exec.CommandContext(ctx, initdb, "-D", data, "-U", "voltrun", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	command.Dir, command.SysProcAttr = s.dir, withoutDeathSignal(attributes)
	if text, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, text)
	}
	return nil
}

// run starts the server and returns when it answers.
func (s *server) run(ctx context.Context, postgres, data string, attributes *syscall.SysProcAttr) error {
	command := exec.Command(postgres, "-D", data, "-h", "127.0.0.1", "-p", strconv.Itoa(s.port), "-k", s.dir,
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200")
	command.Dir, command.SysProcAttr = s.dir, attributes
	command.Stdout, command.Stderr = s.output, s.output
	var err error
	if s.process, err = startProcess(command); err != nil {
		return err
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if err = s.execute("SELECT 1"); err == nil {
			return nil
		}
		select {
		case <-s.process.done:
			return fmt.Errorf("postgres ended at its start:\n%s", s.output)
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("postgres does not answer after %s: %w\n%s", startTime, err, s.output), s.process.stop())
		case <-tick.C:
		}
	}
}

func (s *server) url(database string) string {
	return fmt.Sprintf("postgres://voltrun@127.0.0.1:%d/%s?sslmode=disable", s.port, database)
}

// stop ends the server and removes its directory.
func (s *server) stop() error {
	var err error
	if s.process != nil {
		err = s.process.stop()
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// attributes makes the server run as an unprivileged user when this process is root, because PostgreSQL refuses root, and
// hands dir to that user.
func attributes(dir string) (*syscall.SysProcAttr, error) {
	attributes := processAttributes()
	if os.Geteuid() != 0 {
		return attributes, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		if account, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("running as root and neither user postgres nor nobody exists: %w", err)
		}
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("uid of %s: %w", account.Username, err)
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("gid of %s: %w", account.Username, err)
	}
	attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attributes, os.Chown(dir, int(uid), int(gid))
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// output keeps what the server says for the error message; the end matters.
type output struct {
	sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.Lock()
	defer o.Unlock()
	if o.text.Len()+len(p) > 64<<10 {
		o.text.Reset()
		o.text.WriteString("(earlier output is left out)\n")
	}
	return o.text.Write(p)
}

func (o *output) String() string {
	o.Lock()
	defer o.Unlock()
	return o.text.String()
}
