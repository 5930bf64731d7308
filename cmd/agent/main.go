//go:build linux

// Command agent is the first process inside a machine. VoltRun carries it and starts it; nobody else does.
//
//	agent launch   the container driver's helper, which creates machines
//	agent init     the first process of a container
//	agent process  the first process of a machine without isolation
package main

import (
	"fmt"
	"os"

	"github.com/voltrun/voltrun/internal/vm/container/launcher"
	process "github.com/voltrun/voltrun/internal/vm/process/inside"
)

func main() {
	mode := ""
	if len(os.Args) == 2 {
		mode = os.Args[1]
	}
	var err error
	switch mode {
	case "launch":
		os.Exit(launcher.Main())
	case "init":
		err = initContainer()
	case process.Mode:
		err = initProcess()
	default:
		err = fmt.Errorf("this program is started by VoltRun only; see voltrun --help")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
