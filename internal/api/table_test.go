package api_test

import (
	"testing"

	"github.com/voltrun/voltrun/internal/api"
	"github.com/voltrun/voltrun/internal/api/apitest"
)

func TestRouteTable(t *testing.T) {
	t.Parallel()
	base, keys := api.ServeFake(t)
	apitest.RunRouteTable(t, apitest.Target{
		BaseURL: base, Owner: keys.Owner, Stranger: keys.Stranger,
		KeyWithout: func(_ *testing.T, scope string) string { return keys.Without(scope) },
		FunctionID: keys.FunctionID, FunctionName: "hello", ExecutionID: keys.ExecutionID,
		SessionID: keys.SessionID, KeyID: keys.KeyID, Version: "1",
	})
}
