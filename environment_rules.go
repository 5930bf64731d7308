package voltrun

import (
	"maps"
	"slices"
	"strings"
)

// reservedVariables are set by the platform for every execution, as on Lambda.
var reservedVariables = map[string]bool{
	"AWS_REGION": true, "AWS_DEFAULT_REGION": true, "AWS_EXECUTION_ENV": true, "AWS_LAMBDA_FUNCTION_NAME": true,
	"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": true, "AWS_LAMBDA_FUNCTION_VERSION": true, "AWS_LAMBDA_INITIALIZATION_TYPE": true,
	"AWS_LAMBDA_LOG_GROUP_NAME": true, "AWS_LAMBDA_LOG_STREAM_NAME": true, "AWS_LAMBDA_RUNTIME_API": true,
	"LAMBDA_TASK_ROOT": true, "LAMBDA_RUNTIME_DIR": true, "LANG": true, "PATH": true, "TZ": true,
}

// loaderVariables are read when a process starts. A function gets a runtime that has
// started already, so that they would be accepted and then do nothing.
var loaderVariables = map[string]bool{
	"NODE_OPTIONS": true, "NODE_PATH": true, "NODE_EXTRA_CA_CERTS": true,
	"PYTHONPATH": true, "PYTHONHOME": true, "PYTHONSTARTUP": true, "GLIBC_TUNABLES": true,
}

// EnvironmentProblems lists everything that is wrong with a function's environment:
// env as it will be, the names of all secrets as they will be, and the secrets that are being set.
func EnvironmentProblems(env map[string]string, secretNames []string, secrets map[string]string) []FieldError {
	var p problems
	for _, name := range slices.Sorted(maps.Keys(env)) {
		location := variableLocation("body.env", name)
		if message := variableProblem(name, env[name]); message != "" {
			p.add(location, "%s", message)
		}
		if slices.Contains(secretNames, name) {
			p.add(location, "is also the name of a secret; a name can be only one of the two")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		if message := variableProblem(name, secrets[name]); message != "" {
			p.add(variableLocation("body.secrets", name), "%s", message)
		}
	}
	return p
}

// EnvironmentSize is what MaxEnvironmentBytes limits: names and values of env and secrets together.
func EnvironmentSize(variables ...map[string]string) int {
	size := 0
	for _, set := range variables {
		for name, value := range set {
			size += len(name) + len(value)
		}
	}
	return size
}

func variableProblem(name, value string) string {
	switch {
	case !validVariable(name):
		return "must be at least two letters, digits and _, and start with a letter"
	case reservedVariables[name]:
		return "is reserved: VoltRun sets it for every execution"
	case loaderVariables[name] || strings.HasPrefix(name, "LD_"):
		return "has no effect, because the runtime has started before the function is loaded; leave it out"
	}
	return textProblem(value)
}

// validVariable is [A-Za-z][A-Za-z0-9_]+, as on Lambda.
func validVariable(name string) bool {
	if len(name) < 2 || !isLetter(name[0]) {
		return false
	}
	for i := 1; i < len(name); i++ {
		if c := name[i]; !isLetter(c) && !isDigit(c) && c != '_' {
			return false
		}
	}
	return true
}

func variableLocation(base, name string) string {
	if validVariable(name) {
		return base + "." + name
	}
	return base + "." + strings.ToValidUTF8(strings.Map(printable, name), "\uFFFD")
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return '\uFFFD'
	}
	return r
}
