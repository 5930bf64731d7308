package app

import (
	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/lang"
)

// catalogue answers control's questions about the runtimes that are installed.
type catalogue []lang.Installed

// Runtime finds a runtime by id.
func (c catalogue) Runtime(id string) (voltrun.Runtime, bool) {
	for _, r := range c {
		if r.ID == id {
			return r.Runtime, true
		}
	}
	return voltrun.Runtime{}, false
}

// Runtimes lists them all.
func (c catalogue) Runtimes() []voltrun.Runtime {
	runtimes := make([]voltrun.Runtime, len(c))
	for i, r := range c {
		runtimes[i] = r.Runtime
	}
	return runtimes
}
