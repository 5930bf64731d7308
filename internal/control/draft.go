package control

import (
	"fmt"
	"maps"
	"path"
	"time"

	"github.com/voltrun/voltrun"
)

// draft is a function while a change is applied to it, with everything that is wrong found on the way.
type draft struct {
	runtimes Runtimes
	vault    *Vault
	change   FunctionChange

	fn     voltrun.Function
	active *voltrun.Version  // nil when creating, and when the change leaves the code alone
	files  map[string]string // of the version to be; nil when the code is left alone
	digest string
	sealed map[string][]byte // the whole environment to be

	problems []voltrun.FieldError
}

func (f *Functions) newDraft(fn voltrun.Function, change FunctionChange) *draft {
	return &draft{runtimes: f.runtimes, vault: f.vault, fn: fn, change: change}
}

func (c FunctionChange) touchesCode() bool {
	return c.Runtime != nil || c.Handler != nil || c.Code != nil || c.Files != nil
}

func (d *draft) creating() bool { return d.fn.Version == 0 }

func (d *draft) problem(location, format string, args ...any) {
	d.problems = append(d.problems, voltrun.FieldError{Location: location, Message: fmt.Sprintf(format, args...)})
}

// finish applies the change. The error names every problem at once.
func (d *draft) finish() error {
	if err := d.size(); err != nil {
		return err
	}
	d.applySettings()
	if d.creating() || d.change.touchesCode() {
		d.applyCode()
	}
	d.problems = append(d.problems, d.fn.Problems()...)
	d.applyEnvironment()
	if err := voltrun.Invalid(unique(d.problems)); err != nil {
		return err
	}
	if d.files != nil {
		d.digest = digestOf(d.files)
	}
	return nil
}

// size comes first: what is too large is not looked at more closely.
func (d *draft) size() error {
	if d.change.Code != nil && len(*d.change.Code) > voltrun.MaxCodeBytes {
		return voltrun.Errorf(voltrun.CodeTooLarge, "the code is %d bytes long; at most %d are allowed", len(*d.change.Code), voltrun.MaxCodeBytes)
	}
	return voltrun.FilesSize(d.change.Files)
}

func (d *draft) applySettings() {
	c := d.change
	set(&d.fn.Name, c.Name)
	set(&d.fn.Description, c.Description)
	set(&d.fn.MemoryMB, c.MemoryMB)
	set(&d.fn.CPUs, c.CPUs)
	set(&d.fn.Isolation, c.Isolation)
	set(&d.fn.MaxConcurrency, c.MaxConcurrency)
	if ms := c.TimeoutMS; ms != nil {
		// Far out of range stays out of range, instead of overflowing into it.
		d.fn.Timeout = time.Duration(max(-1, min(*ms, voltrun.MaxTimeout.Milliseconds()+1))) * time.Millisecond
	}
	if c.Message != nil {
		d.problems = append(d.problems, voltrun.MessageProblems(*c.Message)...)
	}
}

// unknownRuntime stands in for one that does not exist, while the other fields are still looked at.
var unknownRuntime = voltrun.Runtime{DefaultHandler: "index.handler", DefaultFile: "index.js"}

// applyCode settles runtime, handler and files.
func (d *draft) applyCode() {
	set(&d.fn.Runtime, d.change.Runtime)
	runtime, ok := d.runtimes.Runtime(d.fn.Runtime)
	if !ok {
		d.problem("body.runtime", "must be one of %s", runtimeIDs(d.runtimes))
		runtime = unknownRuntime
	}
	oldHandler := d.fn.Handler
	if d.change.Handler != nil {
		d.fn.Handler = *d.change.Handler
	} else if d.creating() || ok && d.newLanguage(runtime) {
		d.fn.Handler = runtime.DefaultHandler
	}
	switch {
	case d.change.Code != nil && d.change.Files != nil:
		d.problem("body.files", "must be left out when code is given: send one of the two")
	case d.change.Code != nil:
		d.problems = append(d.problems, voltrun.CodeProblems(*d.change.Code)...)
		d.single(runtime, *d.change.Code)
	case d.change.Files != nil:
		d.problems = append(d.problems, voltrun.FileProblems(d.change.Files)...)
		d.files = maps.Clone(d.change.Files)
	case d.creating():
		d.problem("body.code", "must be given, or else files")
	case ok && d.newLanguage(runtime):
		d.problem("body.runtime", "is another language than the code is written in; send the new code along")
	default:
		d.files = d.active.Files
		if code, ok := singleFile(runtime, oldHandler, d.files); ok { // the file follows the handler
			d.single(runtime, code)
		}
	}
}

func (d *draft) single(runtime voltrun.Runtime, code string) {
	name := fileFor(runtime, d.fn.Handler, code)
	d.files = map[string]string{name: code}
	if len(name) > voltrun.MaxPathBytes || path.Clean(name) != name {
		d.problem("body.handler", "does not name a file")
	}
}

// newLanguage reports whether runtime speaks another language than the active version.
func (d *draft) newLanguage(runtime voltrun.Runtime) bool {
	if d.active == nil || d.active.Runtime == d.fn.Runtime {
		return false
	}
	old, ok := d.runtimes.Runtime(d.active.Runtime)
	return !ok || old.Language != runtime.Language
}

// needsVersion reports whether the code that runs becomes another.
func (d *draft) needsVersion() bool {
	return d.active != nil && (d.digest != d.active.Digest || d.fn.Handler != d.active.Handler || d.fn.Runtime != d.active.Runtime)
}

func (d *draft) newVersion(number int, at time.Time) voltrun.Version {
	v := voltrun.Version{FunctionID: d.fn.ID, Number: number, Digest: d.digest,
		Runtime: d.fn.Runtime, Handler: d.fn.Handler, Files: d.files, CreatedAt: at}
	set(&v.Message, d.change.Message)
	return v
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// unique drops repeated problems, such as an empty handler that was found twice.
func unique(problems []voltrun.FieldError) []voltrun.FieldError {
	seen := make(map[voltrun.FieldError]bool, len(problems))
	var kept []voltrun.FieldError
	for _, p := range problems {
		if !seen[p] {
			kept = append(kept, p)
		}
		seen[p] = true
	}
	return kept
}
