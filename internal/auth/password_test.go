package auth

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/voltrun/voltrun"
)

func newPasswords(t *testing.T) *Passwords {
	t.Helper()
	p, err := NewPasswords(bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	p := newPasswords(t)
	ctx := context.Background()
	longest := strings.Repeat("é", MaxPasswordBytes/2)
	for _, password := range []string{"correct horse", "12345678", longest, "with\x00 NUL in it"} {
		hash, err := p.Hash(ctx, password)
		if err != nil {
			t.Fatal(err)
		}
		for given, want := range map[string]bool{password: true, password + "x": false, password[1:]: false, "": false} {
			if got, err := p.Verify(ctx, hash, given); err != nil || got != want {
				t.Errorf("password %q, given %q: got %v, %v", password, given, got, err)
			}
		}
	}
	if ok, err := p.Verify(ctx, "not a hash", "whatever it is"); ok || voltrun.CodeOf(err) != voltrun.CodeInternal {
		t.Errorf("a broken hash: got %v, %v", ok, err)
	}
}

func TestPasswordLengths(t *testing.T) {
	t.Parallel()
	p := newPasswords(t)
	for password, good := range map[string]bool{
		"": false, "1234567": false, "12345678": true,
		strings.Repeat("x", 72): true, strings.Repeat("x", 73): false, strings.Repeat("é", 37): false,
	} {
		if got := PasswordProblem(password) == ""; got != good {
			t.Errorf("%d bytes: good is %v", len(password), got)
		}
		if _, err := p.Hash(context.Background(), password); (err == nil) != good {
			t.Errorf("hashing %d bytes: %v", len(password), err)
		}
	}
}

// The decoy is what makes an unknown address cost as much as a wrong password.
func TestDecoyCostsWhatARealHashCosts(t *testing.T) {
	t.Parallel()
	p := newPasswords(t)
	cost, err := bcrypt.Cost(p.decoy)
	if err != nil || cost != p.cost {
		t.Fatalf("the decoy has cost %d, %v; want %d", cost, err, p.cost)
	}
	if err := bcrypt.CompareHashAndPassword(p.decoy, []byte("anything")); err != bcrypt.ErrMismatchedHashAndPassword {
		t.Errorf("the decoy is not computed to the end: %v", err)
	}
	if ok, err := p.Verify(context.Background(), "", "anything"); ok || err != nil {
		t.Errorf("an unknown user: %v, %v", ok, err)
	}
}

func TestPasswordsWaitForASlot(t *testing.T) {
	t.Parallel()
	p := newPasswords(t)
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.Hash(ctx, "correct horse"); voltrun.CodeOf(err) != voltrun.CodeUnavailable {
		t.Errorf("Hash: %v", err)
	}
	if _, err := p.Verify(ctx, "", "correct horse"); voltrun.CodeOf(err) != voltrun.CodeUnavailable {
		t.Errorf("Verify: %v", err)
	}
	p.leave()
	if _, err := p.Verify(context.Background(), "", "correct horse"); err != nil {
		t.Errorf("with a free slot: %v", err)
	}
}
