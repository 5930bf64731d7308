package api

import "testing"

// Fake names the things of the fake world for tests outside the package.
type Fake struct {
	Owner, Stranger                           string
	FunctionID, ExecutionID, SessionID, KeyID string
	Without                                   func(scope string) string
}

// ServeFake starts a server over the fake world.
func ServeFake(t *testing.T) (string, Fake) {
	w := newWorld()
	return serve(t, w, Config{}).url, Fake{
		Owner: annSession, Stranger: bobSession, FunctionID: annFunction, ExecutionID: annExec, SessionID: annSessID, KeyID: annKeyID,
		Without: func(scope string) string { return annKeyWithout + scope },
	}
}
