package inside

import (
	"encoding/json"
	"fmt"
	"os"
)

// Names of the folders that the launcher prepares and the machine binds from.
const (
	ImagesDir = "/images" // one folder per image
	CodeDir   = "/code"   // mount points of code stores
	DevDir    = "/dev"    // the few device nodes of a machine
	RootDir   = "/root"   // where the machine assembles its root
	EmptyDir  = "/empty"  // covers folders that a machine must not see
)

// Descriptors of the first process.
const (
	ControlFD = 3 // the socket to the host
	FilterFD  = 4 // the assembled system call filter, shared by all machines
	ReportFD  = 2 // standard error: a small memory file that the host reads
)

// The report is ReportSize bytes: two counters, then the text of standard error.
const (
	ReportSize = 4096
	ReportText = 16 // where the text starts
)

// ConfigEnv is the environment variable with the Config as JSON.
const ConfigEnv = "VOLTRUN_MACHINE"

// AgentThreads is what the agent may have on top of the processes and threads of the function: without
// room for a thread it would end, and a function that uses up its processes must not end the agent.
const AgentThreads = 32

// FunctionID is the uid and gid of the function's processes inside the machine.
const FunctionID = 1000

// Config is what the launcher tells the first process about its machine.
type Config struct {
	Image   string   `json:"image"` // folder below ImagesDir
	Code    string   `json:"code"`  // folder below CodeDir
	Command []string `json:"command"`
	Env     []string `json:"env"`

	TmpBytes  int64  `json:"tmp_bytes"`
	TmpInodes int64  `json:"tmp_inodes"`
	ShmBytes  int64  `json:"shm_bytes"`
	Processes uint64 `json:"processes"`
	OpenFiles uint64 `json:"open_files"`
	FileBytes uint64 `json:"file_bytes"`

	// OwnID says that the agent has uid 0 in the machine and the function another one.
	// Otherwise both are FunctionID, because the host could map one id only.
	OwnID bool `json:"own_id"`
	// NoProc leaves /proc empty: the host does not allow mounting one.
	NoProc bool `json:"no_proc"`
	// SampleBytes makes the agent enforce this memory limit itself, where no cgroup does. Zero: a cgroup does.
	SampleBytes int64 `json:"sample_bytes"`
	// Probe makes Setup end the process once the machine is built: all that was wanted is whether it can be.
	Probe bool `json:"probe,omitempty"`
	// Nice lowers the machine's priority where no cgroup limits its CPU time.
	Nice int `json:"nice"`
}

func configFromEnvironment() (Config, error) {
	var c Config
	text, ok := os.LookupEnv(ConfigEnv)
	if !ok {
		return c, fmt.Errorf("%s is not set: this mode of the agent is started by VoltRun only", ConfigEnv)
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return c, fmt.Errorf("%s: %w", ConfigEnv, err)
	}
	return c, nil
}
