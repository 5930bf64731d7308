package lang

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/voltrun/voltrun"
	runner "github.com/voltrun/voltrun/internal/lang/python"
)

var pythonName = regexp.MustCompile(`^python3(\.\d+)?$`)

var python = language{
	name:     "python",
	matches:  pythonName.MatchString,
	probe:    probePython,
	install:  installPython,
	standard: standardPython,
}

// standardPython is the system's own where there is one, else the newest.
func standardPython(sorted []Installed) Installed {
	for _, i := range slices.Backward(sorted) {
		if systemPath(i.Files[0].Source) {
			return i
		}
	}
	return sorted[len(sorted)-1]
}

const pythonProbe = `import json, os, sys, sysconfig
print(json.dumps([sys.implementation.name, os.path.realpath(sys.executable), "%d.%d.%d" % sys.version_info[:3],
    sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]))`

// probePython asks the interpreter itself, so that the shim of a version manager leads to what it starts.
func probePython(ctx context.Context, path string) (candidate, error) {
	out, err := ask(ctx, path, "-I", "-c", pythonProbe)
	if err != nil {
		return candidate{}, err
	}
	var answer [5]string
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		return candidate{}, fmt.Errorf("is not Python: it answered %.100q", out)
	}
	if answer[0] != "cpython" {
		return candidate{}, fmt.Errorf("is %s; only CPython is supported", answer[0])
	}
	if compareVersions(answer[2], "3.9") < 0 {
		return candidate{}, fmt.Errorf("version %s of Python is too old: install version 3.9 or later", answer[2])
	}
	minor := strings.Join(strings.Split(answer[2], ".")[:2], ".")
	return candidate{id: "python" + minor, path: answer[1], version: answer[2], folders: slices.Compact(answer[3:])}, nil
}

// covered are folders of a machine that hide what an image has there.
var covered = []string{"/tmp/", "/proc/", "/dev/", "/sys/", "/var/task/"}

// left out of the standard library: it needs a screen, installs things, or tests Python itself.
var leftOut = []string{"test", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "site-packages", "dist-packages"}

// installPython shows the interpreter and its standard library under their own paths, from which
// Python derives its prefix.
func installPython(ctx context.Context, o Options, c candidate) (Installed, error) {
	for _, path := range append([]string{c.path}, c.folders...) {
		if slices.ContainsFunc(covered, func(prefix string) bool { return strings.HasPrefix(path, prefix) }) {
			return Installed{}, fmt.Errorf("%s lies in a folder that machines cover with their own: install it elsewhere", path)
		}
	}
	compiled, err := compileRunner(ctx, o, c.path)
	if err != nil {
		return Installed{}, err
	}
	const script = "/var/runtime/runner.pyc"
	files := []File{{Target: c.path, Source: c.path}, {Target: script, Source: compiled}}
	libraries := newClosure()
	if err := libraries.add(c.path); err != nil {
		return Installed{}, err
	}
	for _, folder := range c.folders {
		parts, err := standardLibrary(folder, libraries)
		if err != nil {
			return Installed{}, err
		}
		files = append(files, parts...)
	}
	if err := libraries.shell(); err != nil {
		return Installed{}, err
	}
	files = append(append(files, libraries.files...), commonFiles()...)
	command := func(int) []string {
		// Without site and the user's settings Python starts in two thirds of the time.
		return []string{c.path, "-I", "-S", "-B", "-X", "utf8", script}
	}
	return finish(voltrun.Runtime{
		ID: c.id, Language: "python", Name: "Python " + strings.TrimPrefix(c.id, "python"), Version: c.version,
		DefaultHandler: "lambda_function.lambda_handler", DefaultFile: "lambda_function.py", Template: pythonTemplate,
	}, files, commonEnv("AWS_Lambda_"+c.id), command), nil
}

// standardLibrary lists the parts of a standard library, and adds what its extension modules need.
// An extension whose library the host lacks is left out: importing it fails there as well.
func standardLibrary(folder string, libraries *closure) ([]File, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("read the standard library: %w", err)
	}
	var files []File
	for _, entry := range entries {
		if slices.Contains(leftOut, entry.Name()) || strings.HasPrefix(entry.Name(), "config-") {
			continue
		}
		path := filepath.Join(folder, entry.Name())
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			continue // a dangling link is nothing that Python could import
		}
		files = append(files, File{Target: path, Source: real})
	}
	extensions, err := filepath.Glob(filepath.Join(folder, "lib-dynload", "*.so"))
	if err != nil {
		return nil, fmt.Errorf("list the extension modules: %w", err)
	}
	for _, extension := range extensions {
		if strings.HasPrefix(filepath.Base(extension), "_tkinter") {
			continue
		}
		_ = libraries.add(extension)
	}
	return files, nil
}

const pythonCompile = `import base64, importlib._bootstrap_external as b, sys
source = base64.b64decode(sys.argv[1])
code = compile(source, "/var/runtime/runner.py", "exec", dont_inherit=True, optimize=2)
print(base64.b64encode(bytes(b._code_to_hash_pyc(code, bytes(8), False))).decode())`

// compileRunner has the interpreter compile the runner, which then need not be done at each start.
func compileRunner(ctx context.Context, o Options, interpreter string) (string, error) {
	out, err := ask(ctx, interpreter, "-I", "-c", pythonCompile, base64.StdEncoding.EncodeToString(runner.Runner))
	if err != nil {
		return "", fmt.Errorf("compile the runner: %w", err)
	}
	compiled, err := base64.StdEncoding.DecodeString(out)
	if err != nil {
		return "", fmt.Errorf("compile the runner: %w", err)
	}
	return writeRunner(o, "runner.pyc", compiled)
}

const pythonTemplate = `"""VoltRun calls lambda_handler once for every execution."""

import logging

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def lambda_handler(event, context):
    """What this returns becomes the output, as JSON; what it prints or logs becomes the log."""
    name = (event or {}).get("name", "world")
    logger.info("greeting %s, %d ms left", name, context.get_remaining_time_in_millis())

    # Raising makes the execution fail, with the message and the stack on record:
    # if name == "world": raise ValueError("name is missing")

    return {"message": f"Hello, {name}!"}
`
