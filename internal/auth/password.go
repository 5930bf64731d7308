package auth

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/crypto/bcrypt"

	"github.com/voltrun/voltrun"
)

// Passwords are 8 to 72 bytes long. bcrypt looks at the first 72 bytes only, so
// that a longer one is refused rather than silently cut.
const (
	MinPasswordBytes = 8
	MaxPasswordBytes = 72

	DefaultPasswordCost = 12
)

// Passwords hashes and checks passwords with bcrypt, as many at once as there are CPUs:
// a flood of sign-ins waits in line instead of taking the CPU from everything else.
type Passwords struct {
	cost  int
	decoy []byte // a well-formed hash that no password has
	slots chan struct{}
}

// NewPasswords makes Passwords of the given bcrypt cost; zero means DefaultPasswordCost.
func NewPasswords(cost int) (*Passwords, error) {
	if cost == 0 {
		cost = DefaultPasswordCost
	}
	if cost < bcrypt.MinCost || cost > bcrypt.MaxCost {
		return nil, fmt.Errorf("the password cost is %d; it must be from %d to %d", cost, bcrypt.MinCost, bcrypt.MaxCost)
	}
	return &Passwords{
		cost:  cost,
		decoy: fmt.Appendf(nil, "$2a$%02d$%053d", cost, 0),
		slots: make(chan struct{}, max(1, runtime.GOMAXPROCS(0))),
	}, nil
}

// PasswordProblem says what is wrong with a new password, or "".
func PasswordProblem(password string) string {
	switch {
	case len(password) < MinPasswordBytes:
		return fmt.Sprintf("must be at least %d characters long", MinPasswordBytes)
	case len(password) > MaxPasswordBytes:
		return fmt.Sprintf("must be at most %d bytes long; letters with accents and symbols count for several", MaxPasswordBytes)
	}
	return ""
}

// Hash returns the bcrypt hash of a password that PasswordProblem accepts.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if problem := PasswordProblem(password); problem != "" {
		return "", voltrun.Errorf(voltrun.CodeValidation, "the password %s", problem)
	}
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer p.leave()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), p.cost)
	if err != nil {
		return "", voltrun.Internal("hashing the password", err)
	}
	return string(hash), nil
}

// Verify reports whether password belongs to hash. An empty hash stands for an unknown
// user: it takes the same time as a wrong password, and so does a password that is too long.
func (p *Passwords) Verify(ctx context.Context, hash, password string) (bool, error) {
	possible := hash != "" && len(password) <= MaxPasswordBytes
	against := p.decoy
	if possible {
		against = []byte(hash)
	}
	if err := p.enter(ctx); err != nil {
		return false, err
	}
	defer p.leave()
	err := bcrypt.CompareHashAndPassword(against, []byte(password[:min(len(password), MaxPasswordBytes)]))
	switch {
	case err == nil:
		return possible, nil
	case !possible || errors.Is(err, bcrypt.ErrMismatchedHashAndPassword):
		return false, nil
	}
	return false, voltrun.Internal("checking the password", err)
}

func (p *Passwords) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return voltrun.Errorf(voltrun.CodeUnavailable, "the server is busy with other sign-ins; try again: %w", ctx.Err())
	}
}

func (p *Passwords) leave() { <-p.slots }
