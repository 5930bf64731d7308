package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/voltrun/voltrun"
)

// gather reads the files of a function's folder, by slash-separated path. It reads through
// an os.Root, so that no link leads out of the folder.
func gather(dir string) (map[string]string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the function's folder: %w", err)
	}
	defer root.Close()
	rules, err := readIgnore(root)
	if err != nil {
		return nil, err
	}
	g := gatherer{root: root, files: map[string]string{}}
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("read %s: %w", name, err)
		case name == ".":
			return nil
		case rules.ignores(name, entry.IsDir()):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return nil
		}
		return g.add(name, entry)
	})
	if err == nil && len(g.files) == 0 {
		err = usage("%s holds no file to deploy; is everything ignored?", dir)
	}
	return g.files, err
}

func readIgnore(root *os.Root) (ignoreRules, error) {
	text := defaultIgnores
	file, err := root.Open(".voltignore")
	if err == nil {
		defer file.Close()
		data, err := io.ReadAll(io.LimitReader(file, 1<<20))
		if err != nil {
			return nil, fmt.Errorf("read .voltignore: %w", err)
		}
		own, err := parseIgnore(string(data))
		if err != nil {
			return nil, usage(".voltignore, %v", err)
		}
		rules, err := parseIgnore(text)
		return append(rules, own...), err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read .voltignore: %w", err)
	}
	return parseIgnore(text)
}

type gatherer struct {
	root  *os.Root
	files map[string]string
	bytes int64
}

func (g *gatherer) add(name string, entry fs.DirEntry) error {
	if !utf8.ValidString(name) || strings.ContainsAny(name, "\\\x00") {
		return usage("the name of %q cannot be deployed; rename the file or list it in .voltignore", name)
	}
	info, err := g.root.Stat(filepath.FromSlash(name))
	if err != nil {
		if entry.Type()&fs.ModeSymlink != 0 {
			return usage("%s is a link that leads out of the folder or nowhere; copy the file, or list it in .voltignore", name)
		}
		return fmt.Errorf("read %s: %w", name, err)
	}
	switch {
	case info.IsDir():
		return usage("%s is a link to a folder; copy the folder, or list it in .voltignore", name)
	case !info.Mode().IsRegular():
		return usage("%s is not an ordinary file; list it in .voltignore", name)
	case len(g.files) == voltrun.MaxCodeFiles:
		return usage("more than %d files; list what the function does not need in .voltignore", voltrun.MaxCodeFiles)
	}
	text, err := g.read(name)
	if err != nil {
		return err
	}
	g.files[name] = text
	return nil
}

func (g *gatherer) read(name string) (string, error) {
	file, err := g.root.Open(filepath.FromSlash(name))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	defer file.Close()
	left := voltrun.MaxCodeBytes - g.bytes
	data, err := io.ReadAll(io.LimitReader(file, left+1))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	if int64(len(data)) > left {
		return "", usage("the files are larger than %s together (reached at %s); list what the function does not need in .voltignore", size(voltrun.MaxCodeBytes), name)
	}
	if !utf8.Valid(data) {
		return "", usage("%s is not UTF-8 text, and a function's files must be; list it in .voltignore, or encode it (for example in Base64)", name)
	}
	g.bytes += int64(len(data))
	return string(data), nil
}
