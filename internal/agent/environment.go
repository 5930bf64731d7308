package agent

import (
	"crypto/rand"
	"encoding/hex"
	"maps"
	"strconv"
	"time"

	"github.com/voltrun/voltrun/internal/wire"
)

// environment is what the function sees on top of the runtime's own variables: the user's, then those of the
// Lambda contract, which win. Source: AWS Lambda developer guide, "Defined runtime environment variables".
func environment(l wire.Load, root, group, stream string) map[string]string {
	env := make(map[string]string, len(l.Environment)+12)
	maps.Copy(env, l.Environment)
	env["_HANDLER"] = l.Handler
	env["LAMBDA_TASK_ROOT"] = root
	env["AWS_LAMBDA_FUNCTION_NAME"] = l.FunctionName
	env["AWS_LAMBDA_FUNCTION_VERSION"] = l.FunctionVersion
	env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = strconv.Itoa(l.MemoryMB)
	env["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand"
	env["AWS_LAMBDA_LOG_GROUP_NAME"] = group
	env["AWS_LAMBDA_LOG_STREAM_NAME"] = stream
	return env
}

// logNames follows Lambda's naming, one stream per machine.
func logNames(l wire.Load, now time.Time) (group, stream string) {
	var id [16]byte
	rand.Read(id[:]) // never fails since Go 1.24
	return "/aws/lambda/" + l.FunctionName,
		now.UTC().Format("2006/01/02") + "/[" + l.FunctionVersion + "]" + hex.EncodeToString(id[:])
}
