package lang

import (
	"bufio"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// closure finds the shared libraries that programs need to run.
type closure struct {
	folders []string // where the dynamic linker looks
	seen    map[string]bool
	files   []File
}

func newClosure() *closure {
	c := &closure{seen: map[string]bool{}}
	c.readConfig("/etc/ld.so.conf", 0)
	for _, prefix := range []string{"/lib", "/usr/lib"} {
		matches, _ := filepath.Glob(prefix + "/*-linux-gnu*") // the pattern is well formed
		c.folders = append(c.folders, matches...)
		c.folders = append(c.folders, prefix+"64", prefix)
	}
	return c
}

// readConfig reads the dynamic linker's configuration, see ld.so.conf in ldconfig(8).
func (c *closure) readConfig(path string, depth int) {
	f, err := os.Open(path)
	if err != nil || depth > 4 {
		return // hosts without one use the default folders
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		line = strings.TrimSpace(line)
		if pattern, ok := strings.CutPrefix(line, "include "); ok {
			matches, _ := filepath.Glob(strings.TrimSpace(pattern)) // a malformed pattern includes nothing
			for _, m := range matches {
				c.readConfig(m, depth+1)
			}
		} else if filepath.IsAbs(line) {
			c.folders = append(c.folders, line)
		}
	}
}

// add finds what the program or library at path needs, and what that needs.
func (c *closure) add(path string) error { return c.addWith(path, nil) }

// addWith takes the search path of the program that needs the library: RPATH is inherited.
func (c *closure) addWith(path string, inherited []string) error {
	if c.seen[path] {
		return nil
	}
	c.seen[path] = true
	f, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("read the program %s: %w", path, err)
	}
	defer f.Close()
	if err := c.addInterpreter(f, path); err != nil {
		return err
	}
	needed, err := f.ImportedLibraries()
	if err != nil {
		return nil // static: there is no dynamic section
	}
	own := c.searchPath(f, path)
	for _, name := range needed {
		library, err := c.find(name, append(own, inherited...), f.Machine)
		if err != nil {
			return fmt.Errorf("%s needs %w", path, err)
		}
		if err := c.place(library); err != nil {
			return err
		}
		if err := c.addWith(library, append(own, inherited...)); err != nil {
			return err
		}
	}
	return nil
}

func (c *closure) addInterpreter(f *elf.File, path string) error {
	for _, p := range f.Progs {
		if p.Type != elf.PT_INTERP || p.Filesz > 4096 {
			continue
		}
		name, err := io.ReadAll(p.Open())
		if err != nil {
			return fmt.Errorf("read the interpreter of %s: %w", path, err)
		}
		return c.place(strings.TrimRight(string(name), "\x00"))
	}
	return nil
}

// searchPath is RPATH and RUNPATH, with the folder of the file itself filled in.
func (c *closure) searchPath(f *elf.File, path string) []string {
	var folders []string
	for _, tag := range []elf.DynTag{elf.DT_RPATH, elf.DT_RUNPATH} {
		values, err := f.DynString(tag)
		if err != nil {
			continue // a file without the tag
		}
		for _, value := range values {
			value = strings.NewReplacer("$ORIGIN", filepath.Dir(path), "${ORIGIN}", filepath.Dir(path)).Replace(value)
			folders = append(folders, strings.Split(value, ":")...)
		}
	}
	return folders
}

func (c *closure) find(name string, first []string, machine elf.Machine) (string, error) {
	if filepath.IsAbs(name) {
		return name, nil
	}
	for _, folders := range [][]string{first, c.folders} {
		for _, folder := range folders {
			path := filepath.Join(folder, name)
			f, err := elf.Open(path)
			if err != nil {
				continue
			}
			fits := f.Machine == machine
			f.Close()
			if fits {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("the library %s, which is not installed", name)
}

// place shows a file in the machine under the path by which the dynamic linker knows it.
func (c *closure) place(path string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("find the library %s: %w", path, err)
	}
	c.files = append(c.files, File{Target: filepath.Clean(path), Source: real})
	return nil
}

// shell adds /bin/sh where the host has one: subprocesses with a shell command need it.
func (c *closure) shell() error {
	real, err := filepath.EvalSymlinks("/bin/sh")
	if err != nil {
		return nil // a host without a shell has functions without one
	}
	c.files = append(c.files, File{Target: "/bin/sh", Source: real})
	return c.add(real)
}
