package api

import (
	"github.com/voltrun/voltrun/internal/control"
	"github.com/voltrun/voltrun/internal/exec"
)

// The services fulfil what the edge asks for.
var (
	_ Accounts   = (*control.Accounts)(nil)
	_ Keys       = (*control.Keys)(nil)
	_ Functions  = (*control.Functions)(nil)
	_ Executions = (*exec.Service)(nil)
)
