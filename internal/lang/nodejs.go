package lang

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/lang/node"
)

const minNode = 20

var nodejs = language{
	name:     "nodejs",
	matches:  func(file string) bool { return file == "node" || file == "nodejs" },
	probe:    probeNode,
	install:  installNode,
	standard: standardNode,
}

func probeNode(ctx context.Context, path string) (candidate, error) {
	out, err := ask(ctx, path, "-p", "JSON.stringify([process.execPath, process.versions.node])")
	if err != nil {
		return candidate{}, err
	}
	var answer [2]string
	if err := json.Unmarshal([]byte(out), &answer); err != nil || answer[0] == "" {
		return candidate{}, fmt.Errorf("is not Node.js: it answered %.100q", out)
	}
	major := majorOf(answer[1])
	if major < minNode {
		return candidate{}, fmt.Errorf("version %s of Node.js is too old: install version %d or later", answer[1], minNode)
	}
	return candidate{id: "nodejs" + strconv.Itoa(major), path: answer[0], version: answer[1]}, nil
}

func majorOf(version string) int {
	return number(strings.Split(version, "."), 0)
}

// installNode needs the executable and its libraries only: Node.js carries everything else within. A start-up
// snapshot of the runner was measured and left out: on Node.js 20, 22 and 24 reading
// it back takes longer (30 to 38 ms) than starting the runner plainly (27 ms, as `node -e 0`).
func installNode(_ context.Context, o Options, c candidate) (Installed, error) {
	runner, err := writeRunner(o, "runner.cjs", node.Runner)
	if err != nil {
		return Installed{}, err
	}
	libraries := newClosure()
	if err := libraries.add(c.path); err != nil {
		return Installed{}, err
	}
	if err := libraries.shell(); err != nil {
		return Installed{}, err
	}
	const binary, script = "/var/lang/bin/node", "/var/runtime/runner.cjs"
	files := append([]File{{Target: binary, Source: c.path}, {Target: script, Source: runner}}, libraries.files...)
	files = append(files, commonFiles()...)
	major := majorOf(c.version)
	command := func(memoryMB int) []string {
		// A heap a little below the machine's memory makes V8 collect harder before the kernel has to kill.
		return []string{binary, "--max-old-space-size=" + strconv.Itoa(memoryMB*9/10), script}
	}
	return finish(voltrun.Runtime{
		ID: c.id, Language: "nodejs", Name: fmt.Sprintf("Node.js %d", major), Version: c.version,
		DefaultHandler: "index.handler", DefaultFile: "index.mjs", Template: nodeTemplate,
	}, files, commonEnv(fmt.Sprintf("AWS_Lambda_nodejs%d.x", major)), command), nil
}

// standardNode is 22 where there is one, else the newest before 24, which dropped callbacks, else the newest.
func standardNode(sorted []Installed) Installed {
	choice := sorted[len(sorted)-1]
	for _, i := range sorted {
		major := majorOf(i.Version)
		if major == 22 {
			return i
		}
		if major < 24 {
			choice = i
		}
	}
	return choice
}

const nodeTemplate = `// VoltRun calls handler once for every execution. What it returns becomes the
// output, as JSON; what it prints becomes the log.
export const handler = async (event, context) => {
  const name = event?.name ?? "world";
  console.log("greeting %s, %d ms left", name, context.getRemainingTimeInMillis());

  // Throwing makes the execution fail, with the message and the stack on record:
  // if (!event?.name) throw new Error("name is missing");

  return { message: ` + "`Hello, ${name}!`" + `, node: process.version };
};
`
