package cli

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
)

// settingChange is a setting that differs. Secrets never show a value.
type settingChange struct {
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to"`
}

// settings compares volt.yaml with the function on the server, nil when there is none yet.
// The change holds what differs, or everything for a new function.
func (s *session) settings(p *project, current *client.Function, updateSecrets bool) (client.FunctionChange, []settingChange, error) {
	before := client.Function{}
	if current != nil {
		before = *current
	}
	c := comparison{created: current == nil}
	c.set("runtime", before.Runtime, p.Runtime, func() { c.change.Runtime = &p.Runtime })
	if current == nil {
		c.change.Name = &p.Name
	}
	compareSetting(&c, "handler", before.Handler, p.Handler, identity, func(v *string) { c.change.Handler = v })
	compareSetting(&c, "description", before.Description, p.Description, identity, func(v *string) { c.change.Description = v })
	compareSetting(&c, "memory_mb", before.MemoryMB, p.MemoryMB, strconv.Itoa, func(v *int) { c.change.MemoryMB = v })
	compareSetting(&c, "cpus", before.CPUs, p.CPUs, number, func(v *float64) { c.change.CPUs = v })
	compareSetting(&c, "isolation", before.Isolation, p.Isolation, identity, func(v *voltrun.Isolation) { c.change.Isolation = v })
	compareSetting(&c, "max_concurrency", before.MaxConcurrency, p.MaxConcurrency, strconv.Itoa, func(v *int) { c.change.MaxConcurrency = v })
	if p.Timeout != nil {
		ms := time.Duration(*p.Timeout).Milliseconds()
		compareSetting(&c, "timeout", before.TimeoutMS, &ms, func(ms int64) string { return (time.Duration(ms) * time.Millisecond).String() }, func(v *int64) { c.change.TimeoutMS = v })
	}
	c.environment(p.Env, before.Env)
	err := s.secrets(&c, p.Secrets, before.SecretNames, updateSecrets)
	return c.change, c.found, err
}

// comparison collects what differs.
type comparison struct {
	created bool
	change  client.FunctionChange
	found   []settingChange
}

func (c *comparison) set(name, from, to string, apply func()) {
	if from == to && !c.created {
		return
	}
	apply()
	c.found = append(c.found, settingChange{name, from, to})
}

// compareSetting notes a setting that volt.yaml gives and that differs.
func compareSetting[T comparable](c *comparison, name string, before T, wanted *T, show func(T) string, apply func(*T)) {
	if wanted == nil || (*wanted == before && !c.created) {
		return
	}
	from := show(before)
	if c.created {
		from = ""
	}
	apply(wanted)
	c.found = append(c.found, settingChange{name, from, show(*wanted)})
}

func identity[T ~string](v T) string { return string(v) }

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// environment sets the project's variables over those that exist; null removes one.
func (c *comparison) environment(wanted map[string]*string, before map[string]string) {
	after := maps.Clone(before)
	if after == nil {
		after = map[string]string{}
	}
	differs := false
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		old, had := before[name]
		value := wanted[name]
		switch {
		case value == nil && had:
			delete(after, name)
			c.found = append(c.found, settingChange{"env." + name, old, "(removed)"})
		case value != nil && (!had || old != *value):
			after[name] = *value
			c.found = append(c.found, settingChange{"env." + name, old, *value})
		default:
			continue
		}
		differs = true
	}
	if differs {
		c.change.Env = &after
	}
}

// secrets takes values from the environment. The server never tells a value, so
// one that it has already is sent only when asked to.
func (s *session) secrets(c *comparison, refs secretRefs, known []string, update bool) error {
	for _, name := range slices.Sorted(maps.Keys(refs)) {
		exists := slices.Contains(known, name)
		if exists && !update {
			continue
		}
		value := s.world.Getenv(refs[name])
		if value == "" {
			return usage("the environment variable %s, which holds the secret %s, is not set", refs[name], name)
		}
		if c.change.Secrets == nil {
			c.change.Secrets = map[string]string{}
		}
		c.change.Secrets[name] = value
		from := ""
		if exists {
			from = "(secret)"
		}
		c.found = append(c.found, settingChange{"secrets." + name, from, "(from $" + refs[name] + ")"})
	}
	return nil
}
