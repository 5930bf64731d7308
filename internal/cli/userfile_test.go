package cli

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func (p *person) settings() string {
	return filepath.Join(p.env["XDG_CONFIG_HOME"], "volt", "config.yaml")
}

func TestSettingsArePrivate(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := signedInPerson(t, f)
	mode := func() os.FileMode {
		info, err := os.Stat(p.settings())
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	if mode() != 0o600 {
		t.Errorf("mode %o after login, want 600", mode())
	}
	if err := os.Chmod(p.settings(), 0o644); err != nil {
		t.Fatal(err)
	}
	_, diagnostics := p.want(0, "whoami")
	contains(t, diagnostics, "others could read")
	if mode() != 0o600 {
		t.Errorf("mode %o after a warning, want 600", mode())
	}
	p.want(0, "logout")
	p.want(4, "whoami")
	if err := os.WriteFile(p.settings(), []byte("\x00 not: [yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, diagnostics = p.want(1, "whoami")
	contains(t, diagnostics, "damaged")
}

// Every process finds its token expired at once; the refresh token works once.
func TestOneProcessRefreshes(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.lifetime = time.Second // within the margin: expired on arrival
	p := signedInPerson(t, f)
	f.mu.Lock()
	f.lifetime, f.refreshes = time.Hour, 100
	f.mu.Unlock()
	var processes sync.WaitGroup
	for range 8 {
		processes.Go(func() {
			if code, _, diagnostics := p.run("whoami"); code != 0 {
				t.Errorf("whoami left with %d: %s", code, diagnostics)
			}
		})
	}
	processes.Wait()
	if f.reused || f.refreshes != 101 {
		t.Errorf("%d refreshes, reuse detected %v; want one refresh", f.refreshes-100, f.reused)
	}
}

func TestARefusedTokenIsRenewed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := signedInPerson(t, f)
	f.mu.Lock()
	f.token = "revoked by a restart"
	f.mu.Unlock()
	p.want(0, "whoami")
	f.mu.Lock()
	f.token, f.refresh = "", ""
	f.mu.Unlock()
	_, diagnostics := p.want(4, "whoami")
	contains(t, diagnostics, "volt login")
}

func TestServerPrecedence(t *testing.T) {
	t.Parallel()
	flag, env, file, user := newFake(t), newFake(t), newFake(t), newFake(t)
	p := newPerson(t, "")
	for _, f := range []*fakeServer{flag, env, file, user} { // user is last, so it is the default
		p.env["VOLT_PASSWORD"] = f.password
		p.want(0, "login", "--email", "ada@example.com", "--server", f.URL)
	}
	server := func(args ...string) string {
		_, diagnostics := p.want(0, append([]string{"whoami"}, args...)...)
		return diagnostics
	}
	contains(t, server(), user.URL)
	p.write("volt.yaml", "name: hello\nserver: "+file.URL+"\n")
	contains(t, server(), file.URL)
	p.env["VOLT_SERVER"] = env.URL
	contains(t, server(), env.URL)
	contains(t, server("--server", flag.URL), flag.URL)
}

func TestAProjectCannotChooseWhoGetsASecret(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := newPerson(t, "")
	p.write("volt.yaml", "name: hello\nserver: "+f.URL+"\n")
	p.env["VOLT_API_KEY"] = "vr_key"
	_, diagnostics := p.want(2, "functions", "list")
	contains(t, diagnostics, "VOLT_API_KEY is not sent")
	if len(f.requests) != 0 {
		t.Errorf("the server was called: %v", f.requests)
	}
	p.want(0, "functions", "list", "--server", f.URL)
}
