package control

import (
	"context"
	"strings"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
)

const (
	// updateAttempts is how often a change starts over because another one came first.
	updateAttempts = 4
	maxQueryChars  = 256

	defaultCacheBytes = 32 << 20
	defaultCacheAge   = 30 * time.Second
)

// FunctionsConfig configures Functions. Zero fields get the defaults.
type FunctionsConfig struct {
	Store    FunctionStore
	Runtimes Runtimes
	Vault    *Vault
	// CacheBytes bounds the code kept in memory for Resolve; default 32 MB.
	CacheBytes int64
	// CacheAge bounds how long Resolve believes what it has read; default 30 s, negative: not at all. Changes made
	// on this node count at once; on others once they are told (see Changed) and after CacheAge at the latest.
	CacheAge time.Duration
}

// Functions are the use cases of functions and their versions. A ref is an id or a name.
// Another owner's function is not found.
type Functions struct {
	store       FunctionStore
	runtimes    Runtimes
	vault       *Vault
	deployments *auth.Cache[deploymentKey, *voltrun.Deployment]
}

// NewFunctions makes the use cases.
func NewFunctions(config FunctionsConfig) *Functions {
	if config.CacheBytes <= 0 {
		config.CacheBytes = defaultCacheBytes
	}
	if config.CacheAge == 0 {
		config.CacheAge = defaultCacheAge
	}
	return &Functions{
		store: config.Store, runtimes: config.Runtimes, vault: config.Vault,
		deployments: auth.NewCache[deploymentKey, *voltrun.Deployment](config.CacheBytes, config.CacheAge),
	}
}

// Create makes a function and its version 1.
func (f *Functions) Create(ctx context.Context, owner string, change FunctionChange) (voltrun.Function, error) {
	at := now()
	d := f.newDraft(voltrun.Function{
		ID: voltrun.NewID(voltrun.PrefixFunction), OwnerID: owner,
		MemoryMB: voltrun.DefaultMemoryMB, Timeout: voltrun.DefaultTimeout,
		Isolation: voltrun.IsolationFresh, MaxConcurrency: voltrun.DefaultConcurrency,
		CreatedAt: at, UpdatedAt: at,
	}, change)
	if err := d.finish(); err != nil {
		return voltrun.Function{}, err
	}
	d.fn.Version = 1
	version := d.newVersion(1, at)
	if err := f.store.CreateFunction(ctx, d.fn, version, d.sealed); err != nil {
		return voltrun.Function{}, err
	}
	return d.fn, nil
}

// Update changes a function. Changes at the same time are done one after the other, so that none is lost.
func (f *Functions) Update(ctx context.Context, owner, ref string, change FunctionChange) (voltrun.Function, error) {
	fn, err := f.find(ctx, owner, ref)
	for attempt := 1; err == nil; attempt++ {
		var updated voltrun.Function
		updated, err = f.update(ctx, fn, change)
		if err == nil {
			return updated, nil
		}
		if voltrun.CodeOf(err) != voltrun.CodeConflict || attempt == updateAttempts {
			break
		}
		before := fn.UpdatedAt
		conflict := err
		if fn, err = f.find(ctx, owner, fn.ID); err == nil && fn.UpdatedAt.Equal(before) {
			err = conflict // nobody was faster: the name is taken
		}
	}
	return voltrun.Function{}, err
}

func (f *Functions) update(ctx context.Context, fn voltrun.Function, change FunctionChange) (voltrun.Function, error) {
	before := fn.UpdatedAt
	sealed, err := f.store.Secrets(ctx, fn.ID)
	if err != nil {
		return voltrun.Function{}, err
	}
	d := f.newDraft(fn, change)
	if err := d.load(sealed); err != nil {
		return voltrun.Function{}, err
	}
	if change.touchesCode() {
		active, err := f.store.Version(ctx, fn.ID, fn.Version)
		if err != nil {
			return voltrun.Function{}, err
		}
		d.active = &active
	}
	if err := d.finish(); err != nil {
		return voltrun.Function{}, err
	}
	d.fn.UpdatedAt = after(before)
	version, err := f.nextVersion(ctx, d)
	if err != nil {
		return voltrun.Function{}, err
	}
	return d.fn, f.save(ctx, d.fn, version, d.changedSealed(), before)
}

// nextVersion numbers the version that the draft needs, or returns nil when it needs none.
func (f *Functions) nextVersion(ctx context.Context, d *draft) (*voltrun.Version, error) {
	if !d.needsVersion() {
		return nil, nil
	}
	versions, err := f.store.Versions(ctx, d.fn.ID)
	if err != nil {
		return nil, err
	}
	for _, v := range versions { // after a rollback, the newest is not the active one
		d.fn.Version = max(d.fn.Version, v.Number)
	}
	d.fn.Version++
	version := d.newVersion(d.fn.Version, d.fn.UpdatedAt)
	return &version, nil
}

func (f *Functions) save(ctx context.Context, fn voltrun.Function, version *voltrun.Version, sealed map[string][]byte, before time.Time) error {
	err := f.store.UpdateFunction(ctx, fn, version, sealed, before)
	f.Changed(fn.ID) // also after an error: it may have come after the commit
	return err
}

// Delete removes a function. Its executions stay until retention removes them.
func (f *Functions) Delete(ctx context.Context, owner, ref string) error {
	fn, err := f.find(ctx, owner, ref)
	if err != nil {
		return err
	}
	err = f.store.DeleteFunction(ctx, owner, fn.ID, now())
	f.Changed(fn.ID)
	return err
}

// List returns a page of the functions that filter lets through, newest first.
func (f *Functions) List(ctx context.Context, filter voltrun.FunctionFilter, page voltrun.PageRequest) (voltrun.Page[voltrun.Function], error) {
	if err := voltrun.Invalid(located("query.q", lineProblem(filter.Query, maxQueryChars),
		"query.runtime", lineProblem(filter.Runtime, voltrun.MaxNameChars))); err != nil {
		return voltrun.Page[voltrun.Function]{}, err
	}
	functions, err := f.store.Functions(ctx, filter, page)
	if err != nil || len(functions.Items) == 0 {
		return functions, err
	}
	ids := make([]string, len(functions.Items))
	for i, fn := range functions.Items {
		ids[i] = fn.ID
	}
	sealed, err := f.store.SealedFor(ctx, ids)
	if err != nil {
		return voltrun.Page[voltrun.Function]{}, err
	}
	for i := range functions.Items {
		fn := &functions.Items[i]
		if fn.Env, err = f.vault.openAll(fn.ID, envMark, sealed[fn.ID]); err != nil {
			return voltrun.Page[voltrun.Function]{}, err
		}
	}
	return functions, nil
}

// Get returns the function and its active version with files.
func (f *Functions) Get(ctx context.Context, owner, ref string) (voltrun.Function, voltrun.Version, error) {
	fn, err := f.find(ctx, owner, ref)
	if err != nil {
		return voltrun.Function{}, voltrun.Version{}, err
	}
	if err := f.fillEnv(ctx, &fn); err != nil {
		return voltrun.Function{}, voltrun.Version{}, err
	}
	version, err := f.store.Version(ctx, fn.ID, fn.Version)
	return fn, version, err
}

// find looks a function up, without env. Whatever cannot be an id or a name is not looked for.
func (f *Functions) find(ctx context.Context, owner, ref string) (voltrun.Function, error) {
	if !voltrun.ValidFunctionRef(ref) {
		return voltrun.Function{}, voltrun.Errorf(voltrun.CodeNotFound, "you have no function of this id or name")
	}
	return f.store.Function(ctx, owner, strings.Clone(ref))
}

func (f *Functions) fillEnv(ctx context.Context, fn *voltrun.Function) error {
	sealed, err := f.store.Secrets(ctx, fn.ID)
	if err != nil {
		return err
	}
	fn.Env, err = f.vault.openAll(fn.ID, envMark, sealed)
	return err
}

// after is the time now, but always after before: it tells two states of a function apart.
func after(before time.Time) time.Time {
	at := now()
	if !at.After(before) {
		return before.Add(time.Millisecond)
	}
	return at
}
