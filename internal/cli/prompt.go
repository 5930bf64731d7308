package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// maxAnswer bounds what is typed or piped in as one value, in bytes.
const maxAnswer = 64 << 10

// ask reads a line from the person at the terminal.
func (s *session) ask(ctx context.Context, question, standard string) (string, error) {
	if standard != "" {
		question += " [" + standard + "]"
	}
	answer, err := s.typed(ctx, question+": ", func(in *os.File) ([]byte, error) {
		return readLine(in)
	})
	if answer == "" {
		answer = standard
	}
	return answer, err
}

// askSecret reads a line without showing it.
func (s *session) askSecret(ctx context.Context, question string) (string, error) {
	return s.typed(ctx, question+": ", func(in *os.File) ([]byte, error) {
		data, err := term.ReadPassword(int(in.Fd()))
		s.errf("\n")
		return data, err
	})
}

// typed runs a read from the terminal that Ctrl-C interrupts. A read from a terminal cannot be
// stopped: on Ctrl-C its goroutine stays until volt exits, which is next, and the terminal's mode is restored here.
func (s *session) typed(ctx context.Context, question string, read func(*os.File) ([]byte, error)) (string, error) {
	in, ok := s.world.In.(*os.File)
	if !ok {
		return "", errors.New("there is no terminal to ask on")
	}
	state, err := term.GetState(int(in.Fd()))
	if err != nil {
		return "", fmt.Errorf("ask on the terminal: %w", err)
	}
	s.errf("%s", question)
	type answer struct {
		data []byte
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		data, err := read(in)
		answered <- answer{data, err}
	}()
	select {
	case a := <-answered:
		if errors.Is(a.err, io.EOF) && len(a.data) == 0 {
			return "", canceled
		}
		if a.err != nil && !errors.Is(a.err, io.EOF) {
			return "", fmt.Errorf("read your answer: %w", a.err)
		}
		return strings.TrimRight(string(a.data), "\r\n"), nil
	case <-ctx.Done():
		term.Restore(int(in.Fd()), state)
		s.errf("\n")
		return "", canceled
	}
}

// readLine reads up to the line feed and not a byte further, as the next question wants the rest.
func readLine(in io.Reader) ([]byte, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) < maxAnswer {
		n, err := in.Read(one)
		if n == 1 && one[0] == '\n' {
			return line, nil
		}
		line = append(line, one[:n]...)
		if err != nil {
			return line, err
		}
	}
	return nil, errors.New("the line is too long")
}

// confirm asks for a yes. Without a terminal the caller's --yes is needed.
func (s *session) confirm(ctx context.Context, question string, yes bool) error {
	if yes {
		return nil
	}
	if !s.interactive() {
		return usage("this needs a confirmation and there is no terminal to ask on; give --yes")
	}
	answer, err := s.ask(ctx, question+" (y/N)", "")
	if err != nil {
		return err
	}
	if answer = strings.ToLower(answer); answer != "y" && answer != "yes" {
		return canceled
	}
	return nil
}

// secretFromInput reads a secret from stdin: all of it but one line end.
func (s *session) secretFromInput() (string, error) {
	data, err := io.ReadAll(io.LimitReader(bufio.NewReader(s.world.In), maxAnswer+1))
	if err != nil {
		return "", fmt.Errorf("read the secret from stdin: %w", err)
	}
	if len(data) > maxAnswer {
		return "", usage("the secret on stdin is larger than %s", size(maxAnswer))
	}
	secret := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if secret == "" {
		return "", usage("stdin held no secret")
	}
	return secret, nil
}
