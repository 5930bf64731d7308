package control

import (
	"path"
	"strings"

	"github.com/voltrun/voltrun"
)

// languageNode is Runtime.Language of Node.js.
const languageNode = "nodejs"

// Code returns the code of a version that consists of the one file that single-file code is put
// in, so that what was sent as code comes back as code; otherwise false, and Files say it all.
func (f *Functions) Code(v voltrun.Version) (string, bool) {
	runtime, ok := f.runtimes.Runtime(v.Runtime)
	if !ok {
		return "", false
	}
	return singleFile(runtime, v.Handler, v.Files)
}

func singleFile(runtime voltrun.Runtime, handler string, files map[string]string) (string, bool) {
	if len(files) != 1 {
		return "", false
	}
	for name, code := range files {
		if name == fileFor(runtime, handler, code) {
			return code, true
		}
	}
	return "", false
}

// fileFor names the file that single-file code goes into: after the handler's module, so that the
// handler is found. A handler without a module gets the runtime's default file, and
// the runtime reports it as malformed when the function is executed.
func fileFor(runtime voltrun.Runtime, handler, code string) string {
	extension := path.Ext(runtime.DefaultFile)
	if runtime.Language == languageNode {
		extension = ".js"
		if isESM(code) {
			extension = ".mjs"
		}
	}
	module := handlerModule(runtime.Language, handler)
	if module == "" {
		module = strings.TrimSuffix(runtime.DefaultFile, path.Ext(runtime.DefaultFile))
	}
	return module + extension
}

// handlerModule is the module of a handler string as Lambda reads it, as a path without extension, or "".
func handlerModule(language, handler string) string {
	folder, last := path.Split(handler)
	var module string
	if language == languageNode {
		name, property, ok := strings.Cut(last, ".")
		if !ok || name == "" || property == "" {
			return ""
		}
		module = folder + name
	} else {
		dot := strings.LastIndexByte(handler, '.')
		if dot < 1 || dot == len(handler)-1 {
			return ""
		}
		module = strings.ReplaceAll(handler[:dot], ".", "/")
	}
	if strings.Contains(handler, "..") || path.IsAbs(module) || path.Clean(module) != module ||
		len(voltrun.FileProblems(map[string]string{module: ""})) > 0 {
		return ""
	}
	return module
}

func (f *Functions) runtimeIDs() string { return runtimeIDs(f.runtimes) }

func runtimeIDs(runtimes Runtimes) string {
	var ids []string
	for _, runtime := range runtimes.Runtimes() {
		ids = append(ids, runtime.ID)
	}
	return strings.Join(ids, ", ")
}
