package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// pkg is what the go command knows about a package.
type pkg struct {
	ImportPath string
	Dir        string
	Name       string
	Doc        string
	GoFiles    []string
	Imports    []string
	Deps       []string
}

// name is the path below the module, "." for the root.
func (p pkg) name() string {
	if p.ImportPath == module {
		return "."
	}
	return strings.TrimPrefix(p.ImportPath, module+"/")
}

// internalImports are the imports within the module, as in the table.
func (p pkg) internalImports() []string {
	var list []string
	for _, path := range p.Imports {
		if path == module || strings.HasPrefix(path, module+"/") {
			list = append(list, pkg{ImportPath: path}.name())
		}
	}
	return list
}

// packages lists the module's packages for Linux, which is where all of them build.
var packages = sync.OnceValues(func() ([]pkg, error) {
	command := exec.Command("go", "list", "-json=ImportPath,Dir,Name,Doc,GoFiles,Imports,Deps", module+"/...")
	command.Env = append(os.Environ(), "GOOS=linux")
	var problems bytes.Buffer
	command.Stderr = &problems
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, problems.String())
	}
	var list []pkg
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return list, touch(list)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
})

// touch looks at every file and folder that the answer came from, so that the go command knows
// that a cached result of these tests depends on them.
func touch(list []pkg) error {
	for _, p := range list {
		if _, err := os.ReadDir(p.Dir); err != nil {
			return err
		}
		for _, name := range p.GoFiles {
			if _, err := os.Stat(filepath.Join(p.Dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func load(t *testing.T) []pkg {
	t.Helper()
	list, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 10 {
		t.Fatalf("only %d packages were found", len(list))
	}
	return list
}

func TestPackagesImportOnlyWhatTheTableAllows(t *testing.T) {
	for _, p := range load(t) {
		if len(p.GoFiles) == 0 {
			continue // tests only
		}
		allowed, known := imports[p.name()]
		if !known {
			t.Errorf("%s is not in the import table; add it there and in docs/ARCHITECTURE.md", p.name())
			continue
		}
		if slices.Contains(allowed, everything) {
			continue
		}
		for _, path := range p.internalImports() {
			if !slices.Contains(allowed, path) {
				t.Errorf("%s imports %s; the table allows it %s", p.name(), path, strings.Join(allowed, ", "))
			}
		}
	}
}

func TestTechnologiesStayAtTheirEdge(t *testing.T) {
	for _, p := range load(t) {
		for _, path := range p.Imports {
			for prefix, folders := range edges {
				if !strings.HasPrefix(path, prefix) {
					continue
				}
				if !slices.ContainsFunc(folders, func(folder string) bool { return within(p.name(), folder) }) {
					t.Errorf("%s imports %s, which belongs to %s", p.name(), path, strings.Join(folders, ", "))
				}
			}
		}
	}
}

func TestProgramsStaySmall(t *testing.T) {
	for _, p := range load(t) {
		for _, prefix := range absent[p.name()] {
			for _, dep := range p.Deps {
				if strings.HasPrefix(dep, prefix) {
					t.Errorf("%s contains %s; `go mod why -m` and `go list -deps` tell how it got there", p.name(), dep)
				}
			}
		}
		if p.Name != "main" || p.name() == "bench" {
			continue
		}
		for _, only := range testOnly {
			if slices.Contains(p.Deps, module+"/"+only) {
				t.Errorf("%s contains %s, which is for tests", p.name(), only)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range load(t) {
		if len(p.GoFiles) == 0 {
			continue
		}
		base := filepath.Base(p.ImportPath)
		prefix := "Package " + p.Name + " "
		if p.Name == "main" {
			prefix = "Command "
		}
		if !strings.HasPrefix(p.Doc, prefix) {
			t.Errorf("%s: the package comment must begin with %q; it is %q", p.name(), prefix, p.Doc)
		}
		if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "misc"}, base) {
			t.Errorf("%s: the name says nothing; a helper with one user lives in that user's file", p.name())
		}
	}
}

// maxMain is how long a main.go may be, in lines: flags, configuration, the parts list.
const maxMain = 60

func TestMainIsAPartsList(t *testing.T) {
	for _, p := range load(t) {
		if p.Name != "main" || !within(p.name(), "cmd") {
			continue
		}
		source, err := os.ReadFile(filepath.Join(p.Dir, "main.go"))
		if err != nil {
			t.Errorf("%s: %v", p.name(), err)
			continue
		}
		if lines := bytes.Count(source, []byte("\n")); lines > maxMain {
			t.Errorf("%s/main.go has %d lines, more than %d", p.name(), lines, maxMain)
		}
	}
}

// TestTableHasNoGhosts keeps the table to packages that exist.
func TestTableHasNoGhosts(t *testing.T) {
	exists := map[string]bool{}
	for _, p := range load(t) {
		exists[p.name()] = true
	}
	for name := range imports {
		if !exists[name] {
			t.Errorf("the table has %s, which does not exist", name)
		}
	}
}
