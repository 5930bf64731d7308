package control

import (
	"maps"
	"slices"
	"strings"

	"github.com/voltrun/voltrun"
)

// Sealed values are named after what they are: "env:NAME", "secret:NAME".
const (
	envMark    = "env:"
	secretMark = "secret:"
)

// openAll decrypts the values whose names begin with mark, by bare name; nil when there are none.
func (v *Vault) openAll(functionID, mark string, sealed map[string][]byte) (map[string]string, error) {
	var values map[string]string
	for name, box := range sealed {
		bare, ok := strings.CutPrefix(name, mark)
		if !ok {
			continue
		}
		value, err := v.Open(functionID, name, box)
		if err != nil {
			return nil, err
		}
		if values == nil {
			values = make(map[string]string)
		}
		values[bare] = value
	}
	return values, nil
}

// load takes over the environment as it is.
func (d *draft) load(sealed map[string][]byte) (err error) {
	d.sealed = maps.Clone(sealed)
	d.fn.Env, err = d.vault.openAll(d.fn.ID, envMark, sealed)
	return err
}

// applyEnvironment settles env and secrets. A value that stays the same keeps its sealed form, and
// with it the function's revision: warm machines survive.
func (d *draft) applyEnvironment() {
	if d.sealed == nil {
		d.sealed = make(map[string][]byte)
	}
	oldEnv := d.fn.Env
	if d.change.Env != nil {
		d.fn.Env = maps.Clone(d.change.Env)
	}
	d.fn.SecretNames = d.secretNames()
	d.environmentProblems()
	if len(d.problems) > 0 {
		return
	}
	for name := range oldEnv {
		if _, ok := d.fn.Env[name]; !ok {
			delete(d.sealed, envMark+name)
		}
	}
	for name, value := range d.fn.Env {
		if old, ok := oldEnv[name]; !ok || old != value {
			d.sealed[envMark+name] = d.vault.Seal(d.fn.ID, envMark+name, value)
		}
	}
	for name, value := range d.change.Secrets {
		name = secretMark + name
		if value == "" {
			delete(d.sealed, name)
		} else if old, err := d.vault.Open(d.fn.ID, name, d.sealed[name]); err != nil || old != value {
			d.sealed[name] = d.vault.Seal(d.fn.ID, name, value)
		}
	}
}

// secretNames are those of the secrets to be, sorted.
func (d *draft) secretNames() []string {
	names := make(map[string]bool)
	for name := range d.sealed {
		if bare, ok := strings.CutPrefix(name, secretMark); ok {
			names[bare] = true
		}
	}
	for name, value := range d.change.Secrets {
		names[name] = true
		if value == "" {
			delete(names, name)
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (d *draft) environmentProblems() {
	if d.change.Env == nil && d.change.Secrets == nil {
		return
	}
	given := maps.Clone(d.change.Secrets)
	maps.DeleteFunc(given, func(_, value string) bool { return value == "" })
	d.problems = append(d.problems, voltrun.EnvironmentProblems(d.fn.Env, d.fn.SecretNames, given)...)

	size := voltrun.EnvironmentSize(d.fn.Env, given)
	for _, name := range d.fn.SecretNames { // those that stay are measured without opening them
		if _, ok := given[name]; !ok {
			size += len(name) + len(d.sealed[secretMark+name]) - sealedOverhead
		}
	}
	if size > voltrun.MaxEnvironmentBytes {
		location := "body.env"
		if d.change.Env == nil {
			location = "body.secrets"
		}
		d.problem(location, "env and secrets together are %d bytes long, names included; at most %d are allowed", size, voltrun.MaxEnvironmentBytes)
	}
}

// changedSealed is what UpdateFunction takes: nil when the environment is left alone.
func (d *draft) changedSealed() map[string][]byte {
	if d.change.Env == nil && d.change.Secrets == nil {
		return nil
	}
	return d.sealed
}
