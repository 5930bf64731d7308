package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openPTY makes a pair of a terminal and the end a person types at.
func openPTY(t *testing.T) (keyboard, terminal *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { keyboard.Close() })
	number, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { terminal.Close() })
	return keyboard, terminal
}

// shown collects what appears on the terminal.
type shown struct {
	mu      sync.Mutex
	text    string
	changed chan struct{}
}

func watchTerminal(keyboard io.Reader) *shown {
	s := &shown{changed: make(chan struct{}, 1)}
	go func() { // ends when the terminal is closed
		buffer := make([]byte, 4096)
		for {
			n, err := keyboard.Read(buffer)
			s.mu.Lock()
			s.text += string(buffer[:n])
			s.mu.Unlock()
			select {
			case s.changed <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	return s
}

func (s *shown) read() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text
}

// until waits for text to appear.
func (s *shown) until(t *testing.T, text string) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for !strings.Contains(s.read(), text) {
		select {
		case <-s.changed:
		case <-deadline:
			t.Fatalf("%q did not appear; the terminal shows %q", text, s.read())
		}
	}
}

func TestPromptsOnATerminal(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := newPerson(t, f.URL)
	keyboard, terminal := openPTY(t)
	screen := watchTerminal(keyboard)
	world := IO{In: terminal, Out: terminal, Err: terminal, Getenv: func(name string) string { return p.env[name] }, Dir: p.dir, Now: time.Now}
	code := make(chan int, 1)
	go func() { code <- Run(context.Background(), world, "test", []string{"login"}) }()
	screen.until(t, "E-mail: ")
	fmt.Fprint(keyboard, "ada@example.com\n")
	screen.until(t, "Password for ")
	fmt.Fprint(keyboard, f.password+"\n")
	if got := <-code; got != 0 {
		t.Fatalf("login left with %d: %s", got, screen.read())
	}
	screen.until(t, "signed in to")
	if strings.Contains(screen.read(), f.password) {
		t.Error("the password was shown")
	}
}

func TestHostileOutputOnATerminal(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.finish = func(r *run) { r.succeed(`"fine"`, "\x1b]0;owned\x07\x1b[2J", "last line") }
	p := signedInPerson(t, f)
	p.want(0, "init", "hello", "--template", "node")
	p.want(0, "deploy", "hello")
	keyboard, terminal := openPTY(t)
	screen := watchTerminal(keyboard)
	p.env["NO_COLOR"] = "1"
	world := IO{In: p.in, Out: terminal, Err: terminal, Getenv: func(name string) string { return p.env[name] }, Dir: p.dir, Now: time.Now}
	if code := Run(context.Background(), world, "test", []string{"invoke", "hello"}); code != 0 {
		t.Fatalf("invoke left with %d: %s", code, screen.read())
	}
	screen.until(t, "success in")
	if strings.ContainsAny(screen.read(), "\x1b\x07") {
		t.Errorf("an escape sequence reached the terminal: %q", screen.read())
	}
	contains(t, screen.read(), `\x1b]0;owned\x07`, "last line")
}
