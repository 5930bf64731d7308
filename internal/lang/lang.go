// Package lang knows the language runtimes: how to find them on the host, which
// files a machine needs to run them, and the runner program of each that calls handlers.
package lang

import "github.com/voltrun/voltrun"

// Installed is a language runtime found on this host.
type Installed struct {
	voltrun.Runtime
	// Digest identifies runtime, libraries and runner together.
	Digest  string
	Files   []File
	Command func(memoryMB int) []string // paths inside the machine
	Env     []string
}

// File is one file, link or folder tree the machine needs; the fields are those of vm.File.
type File struct {
	Target string
	Source string
	Data   []byte
	Mode   uint32
	Link   string
}
