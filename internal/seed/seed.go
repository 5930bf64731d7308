// Package seed fills an empty database with test data for those who develop VoltRun: a demo user, functions in both languages with
// several versions each, and a month of executions of every outcome, most of them of the last day.
//
// Everything goes in as it does in a running server, through the use cases and the store, so that lists, statistics and searches
// find it. The same number and time give the same data, except for the ids of the user and the functions.
package seed

import (
	"context"
	"fmt"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
	"github.com/voltrun/voltrun/internal/control"
	"github.com/voltrun/voltrun/internal/storage"
)

// Email is the address of the demo user.
const Email = "demo@voltrun.local"

// Config says what to make.
type Config struct {
	Number   uint64    // chooses the data
	Now      time.Time // the end of the history
	Password string    // of the demo user
}

// Deps are what it is made with. A function whose language is not among the runtimes is left out.
type Deps struct {
	Store     *storage.DB
	Passwords *auth.Passwords
	Vault     *control.Vault
	Runtimes  control.Runtimes
}

// Summary counts what was made.
type Summary struct {
	Functions, Versions, Executions, LogLines int
	LeftOut                                   []string // functions whose language is not installed
}

// Run brings the schema of the database to this version and fills it. CodeConflict: it has users already, and nothing was changed.
func Run(ctx context.Context, deps Deps, c Config) (Summary, error) {
	if err := refuseUsed(ctx, deps.Store); err != nil {
		return Summary{}, err
	}
	if err := deps.Store.Migrate(ctx); err != nil {
		return Summary{}, err
	}
	hash, err := deps.Passwords.Hash(ctx, c.Password)
	if err != nil {
		return Summary{}, err
	}
	now := c.Now.UTC().Truncate(time.Millisecond)
	user := voltrun.User{ID: voltrun.NewID(voltrun.PrefixUser), Email: Email, Name: "Demo", PasswordHash: hash, CreatedAt: now.Add(-history - time.Hour)}
	if err := deps.Store.CreateUser(ctx, user); err != nil {
		return Summary{}, err
	}
	var summary Summary
	if err := fill(ctx, deps, user.ID, c.Number, now, &summary); err != nil {
		return summary, fmt.Errorf("the test data is not complete: %w; start again with an empty database", err)
	}
	return summary, nil
}

// refuseUsed looks before the schema is touched: a database with an older one may be that of a server of that version.
func refuseUsed(ctx context.Context, store *storage.DB) error {
	version, _, err := store.SchemaVersion(ctx)
	if err != nil || version == 0 {
		return err
	}
	used, err := store.HasUsers(ctx)
	if err == nil && used {
		err = voltrun.Errorf(voltrun.CodeConflict, "the database has users: test data goes into an empty one only; choose another with --data-dir or --database-url")
	}
	return err
}

// fill makes everything that the demo user has.
func fill(ctx context.Context, deps Deps, owner string, number uint64, now time.Time, summary *Summary) error {
	deployed, err := deployAll(ctx, deps, owner, now, summary)
	if err != nil {
		return err
	}
	h := &historian{db: deps.Store, owner: owner, random: newRandom(number), now: now, summary: summary}
	if err := h.write(ctx, deployed); err != nil {
		return err
	}
	for {
		if n, err := deps.Store.CompactStats(ctx, now, compactStep); n == 0 || err != nil {
			return err
		}
	}
}

// compactStep is how many steps of compaction follow one look for what is due.
const compactStep = 1000

// deployment is a function of the demo user with the times from which on its versions were active.
type deployment struct {
	sample
	id     string
	active []time.Time
}

// versionAt is the version that was active at a time.
func (d *deployment) versionAt(t time.Time) int {
	version := 1
	for i, from := range d.active {
		if !t.Before(from) {
			version = i + 1
		}
	}
	return version
}

// deployAll creates the functions, oldest first, and their versions.
func deployAll(ctx context.Context, deps Deps, owner string, now time.Time, summary *Summary) ([]*deployment, error) {
	store := &backdated{DB: deps.Store}
	functions := control.NewFunctions(control.FunctionsConfig{Store: store, Runtimes: deps.Runtimes, Vault: deps.Vault})
	var all []*deployment
	for _, s := range samples {
		if _, installed := deps.Runtimes.Runtime(s.runtime); !installed {
			summary.LeftOut = append(summary.LeftOut, s.name)
			continue
		}
		d, err := s.deploy(ctx, functions, store, owner, now)
		if err != nil {
			return nil, fmt.Errorf("create the function %s: %w", s.name, err)
		}
		summary.Functions++
		summary.Versions += len(d.active)
		all = append(all, d)
	}
	return all, nil
}

// deploy creates a function with its first version and updates it to each of the others.
func (s sample) deploy(ctx context.Context, functions *control.Functions, store *backdated, owner string, now time.Time) (*deployment, error) {
	d := &deployment{sample: s}
	for i, v := range s.versions {
		files, err := filesOf(s.name, i+1)
		if err != nil {
			return nil, err
		}
		store.at = now.Add(-v.age)
		d.active = append(d.active, store.at)
		change := control.FunctionChange{Files: files, Message: &v.message}
		if i > 0 {
			if _, err := functions.Update(ctx, owner, d.id, change); err != nil {
				return nil, err
			}
			continue
		}
		timeout := s.timeout.Milliseconds()
		change.Name, change.Description, change.Runtime, change.Env, change.Secrets = &s.name, &s.description, &s.runtime, s.env, s.secrets
		change.MemoryMB, change.TimeoutMS, change.Isolation = &s.memoryMB, &timeout, &s.isolation
		created, err := functions.Create(ctx, owner, change)
		if err != nil {
			return nil, err
		}
		d.id = created.ID
	}
	return d, nil
}

// backdated writes functions and versions as of a time in the past.
type backdated struct {
	*storage.DB
	at time.Time
}

func (b *backdated) CreateFunction(ctx context.Context, fn voltrun.Function, version voltrun.Version, sealed map[string][]byte) error {
	fn.CreatedAt, fn.UpdatedAt, version.CreatedAt = b.at, b.at, b.at
	return b.DB.CreateFunction(ctx, fn, version, sealed)
}

func (b *backdated) UpdateFunction(ctx context.Context, fn voltrun.Function, version *voltrun.Version, sealed map[string][]byte, expected time.Time) error {
	fn.UpdatedAt = b.at
	if version != nil {
		version.CreatedAt = b.at
	}
	return b.DB.UpdateFunction(ctx, fn, version, sealed, expected)
}
