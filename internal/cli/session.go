package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/voltrun/voltrun/internal/client"
)

const defaultServer = "http://127.0.0.1:8080"

// session is one run of volt: its world, its flags and, once needed, its client.
type session struct {
	world    IO
	version  string
	out, err *screen
	flags    struct {
		server         string
		json, insecure bool
	}
	api *client.Client
	ran bool // a command has begun
}

func newSession(world IO, version string) *session {
	return &session{world: world, version: version, out: newScreen(world.Out, world.Getenv), err: newScreen(world.Err, world.Getenv)}
}

func (s *session) close() {
	if s.api != nil {
		s.api.Close()
	}
}

func (s *session) printf(format string, args ...any)   { fmt.Fprintf(s.out, format, args...) }
func (s *session) errf(format string, args ...any)     { fmt.Fprintf(s.err, format, args...) }
func (s *session) styleErr(colour, text string) string { return s.err.style(colour, text) }
func (s *session) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.world.Dir, name)
}

// printJSON writes data for programs: indented, with nothing escaped that need not be.
func (s *session) printJSON(data any) error {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(data); err != nil {
		return err
	}
	_, err := s.out.Write(buffer.Bytes())
	return err
}

// interactive reports whether there is a person to ask.
func (s *session) interactive() bool { return isTerminal(s.world.In) && s.err.terminal }

// target is the server to talk to and how it was chosen.
type target struct {
	address  string
	insecure bool
	project  bool // named by volt.yaml only, which may be somebody else's file
}

// target finds the server: flag, environment, volt.yaml, the user's file, default.
func (s *session) target(user userFile) (target, error) {
	project, err := findProject(s.world.Dir)
	if err != nil {
		return target{}, err
	}
	chosen := target{address: defaultServer}
	switch env := s.world.Getenv("VOLT_SERVER"); {
	case s.flags.server != "":
		chosen.address = s.flags.server
	case env != "":
		chosen.address = env
	case project != nil && project.Server != "":
		chosen.address, chosen.project = project.Server, true
	case user.Server != "":
		chosen.address = user.Server
	}
	insecure := s.flags.insecure || s.world.Getenv("VOLT_INSECURE_HTTP") == "1"
	parsed, err := client.ParseServer(chosen.address, true)
	if err != nil {
		return target{}, usage("%v", err)
	}
	chosen.address = parsed.String()
	account, known := user.Accounts[chosen.address]
	chosen.insecure = insecure || account.InsecureHTTP
	if _, err := client.ParseServer(chosen.address, chosen.insecure); err != nil {
		return target{}, usage("%v", err)
	}
	// A volt.yaml that somebody else wrote must not choose who receives a secret of the user.
	chosen.project = chosen.project && !known && chosen.address != user.Server
	return chosen, nil
}

// guardSecret refuses to send a secret of the environment to a server that only volt.yaml names.
func (t target) guardSecret(what string) error {
	if !t.project {
		return nil
	}
	return usage("only volt.yaml names the server %s, so %s is not sent to it; confirm the server with --server or VOLT_SERVER", t.address, what)
}

// client makes the client of this run, once.
func (s *session) client() (*client.Client, error) {
	if s.api != nil {
		return s.api, nil
	}
	store := s.store()
	user, err := store.load(s)
	if err != nil {
		return nil, err
	}
	chosen, err := s.target(user)
	if err != nil {
		return nil, err
	}
	var credentials client.Credentials
	account := user.Accounts[chosen.address]
	switch key := s.world.Getenv("VOLT_API_KEY"); {
	case key != "":
		if err := chosen.guardSecret("VOLT_API_KEY"); err != nil {
			return nil, err
		}
		credentials = client.StaticToken(key)
	case account.APIKey != "":
		credentials = client.StaticToken(account.APIKey)
	case account.Token == "" && len(account.Refresh) == 0:
		return nil, signInNeeded("not signed in to %s; sign in with: volt login --server %s", chosen.address, chosen.address)
	default:
		credentials = &signedIn{session: s, store: store, target: chosen}
	}
	s.api, err = s.connect(chosen, credentials)
	return s.api, err
}

// connect makes a client of the server with the given credentials, which may be nil.
func (s *session) connect(chosen target, credentials client.Credentials) (*client.Client, error) {
	return client.New(chosen.address, client.Options{Credentials: credentials, UserAgent: "volt/" + s.version, AllowInsecureHTTP: chosen.insecure})
}
