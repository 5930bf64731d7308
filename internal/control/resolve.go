package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/voltrun/voltrun"
)

const (
	resolveAttempts = 5
	// deploymentWeight is counted for a deployment besides its code and environment.
	deploymentWeight = 2 << 10
)

// deploymentKey is what the data plane asks for.
type deploymentKey struct {
	owner, ref string
	version    int
}

// Resolve returns what the data plane needs to run a version; 0 means the active one. Runtime
// and handler of its Function are those of the version. The answer is shared and must not be changed.
// It is on the hot path: answers are cached and dropped at every change.
func (f *Functions) Resolve(ctx context.Context, owner, ref string, version int) (*voltrun.Deployment, error) {
	at := time.Now()
	deployment, generation, ok := f.deployments.Get(deploymentKey{owner, ref, version}, at)
	if ok {
		return deployment, nil
	}
	deployment, err := f.deployment(ctx, owner, ref, version)
	if err != nil {
		return nil, err
	}
	// The caller's texts may be part of a request's buffer, which is used again.
	key := deploymentKey{strings.Clone(owner), strings.Clone(ref), version}
	f.deployments.Put(key, deployment.Function.ID, deployment, weigh(deployment), at, generation)
	return deployment, nil
}

// Changed makes Resolve on this node forget a function, by id. A node that hears of a change elsewhere calls it.
func (f *Functions) Changed(functionID string) { f.deployments.Drop(functionID) }

// deployment reads the parts of a deployment, which are in several places, and starts over when
// the function changed meanwhile: code and environment always belong together.
func (f *Functions) deployment(ctx context.Context, owner, ref string, number int) (*voltrun.Deployment, error) {
	fn, err := f.find(ctx, owner, ref)
	for range resolveAttempts {
		if err != nil {
			return nil, err
		}
		var d *voltrun.Deployment
		if d, err = f.assemble(ctx, fn, number); err != nil {
			return nil, err
		}
		var again voltrun.Function
		if again, err = f.find(ctx, owner, ref); err == nil && again.ID == fn.ID && again.UpdatedAt.Equal(fn.UpdatedAt) {
			return d, nil
		}
		fn = again
	}
	if err != nil {
		return nil, err
	}
	return nil, &voltrun.Error{Code: voltrun.CodeUnavailable, Message: "the function is being changed again and again; try again", RetryAfter: time.Second}
}

func (f *Functions) assemble(ctx context.Context, fn voltrun.Function, number int) (*voltrun.Deployment, error) {
	if number == 0 {
		number = fn.Version
	}
	if number < 1 {
		return nil, voltrun.Errorf(voltrun.CodeNotFound, "versions are numbered from 1; there is no version %d", number)
	}
	version, err := f.store.Version(ctx, fn.ID, number)
	if err != nil {
		return nil, err
	}
	sealed, err := f.store.Secrets(ctx, fn.ID)
	if err != nil {
		return nil, err
	}
	if fn.Env, err = f.vault.openAll(fn.ID, envMark, sealed); err != nil {
		return nil, err
	}
	secrets, err := f.vault.openAll(fn.ID, secretMark, sealed)
	if err != nil {
		return nil, err
	}
	environment := make(map[string]string, len(sealed))
	maps.Copy(environment, fn.Env)
	maps.Copy(environment, secrets)
	fn.Runtime, fn.Handler = version.Runtime, version.Handler
	return &voltrun.Deployment{Function: fn, Version: version, Environment: environment, Revision: revisionOf(fn, version, sealed)}, nil
}

// revisionOf is a short hash of all that a machine is made from. Of the environment it takes the sealed
// form, because a revision may be logged and must not allow guessing secrets.
func revisionOf(fn voltrun.Function, version voltrun.Version, sealed map[string][]byte) string {
	hash := sha256.New()
	hashText(hash, fmt.Sprintf("%s %d %d %v %d %s", fn.ID, version.Number, fn.MemoryMB, fn.CPUs, fn.Timeout, fn.Isolation))
	for _, text := range []string{fn.Name, version.Digest, version.Runtime, version.Handler} {
		hashText(hash, text)
	}
	for _, name := range slices.Sorted(maps.Keys(sealed)) {
		hashText(hash, name)
		hashText(hash, sealed[name])
	}
	return hex.EncodeToString(hash.Sum(nil)[:12])
}

func weigh(d *voltrun.Deployment) int64 {
	weight := deploymentWeight + voltrun.EnvironmentSize(d.Environment)
	for name, text := range d.Version.Files {
		weight += len(name) + len(text)
	}
	return int64(weight)
}
