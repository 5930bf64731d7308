package lang

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/voltrun/voltrun"
)

// Options say where to look besides PATH and the usual folders.
type Options struct {
	// DataDir keeps the prepared runners; <DataDir>/runtimes/*/bin is searched.
	DataDir string
	// Extra are more folders with executables.
	Extra []string
}

// Problem is something that looked like a runtime and cannot be used.
type Problem struct {
	Path   string
	Reason string
}

func (p Problem) String() string { return p.Path + ": " + p.Reason }

// probeTimeout bounds asking one executable what it is.
const probeTimeout = 15 * time.Second

// Discover finds the Node.js (20 or later) and Python (3.9 or later) runtimes of this host: one for each
// major Node.js and minor Python version, and once more under the language's own name for its default.
// What could not be used is among the problems; no runtime at all is not an error here.
func Discover(ctx context.Context, o Options) ([]Installed, []Problem) {
	var found []Installed
	var problems []Problem
	folders := searchFolders(o)
	for _, l := range []language{nodejs, python} {
		best := map[string]candidate{}
		for _, path := range executables(folders, l.matches) {
			c, err := l.probe(ctx, path)
			if err != nil {
				problems = append(problems, Problem{path, err.Error()})
				continue
			}
			if old, ok := best[c.id]; !ok || better(c, old) {
				best[c.id] = c
			}
		}
		var installed []Installed
		for _, c := range best {
			i, err := l.install(ctx, o, c)
			if err != nil {
				problems = append(problems, Problem{c.path, err.Error()})
				continue
			}
			installed = append(installed, i)
		}
		slices.SortFunc(installed, func(a, b Installed) int { return compareVersions(a.Version, b.Version) })
		if len(installed) > 0 {
			standard := l.standard(installed)
			standard.ID = l.name
			found = append(found, standard)
		}
		found = append(found, installed...)
	}
	return found, problems
}

// language is how to find and prepare one language.
type language struct {
	name     string
	matches  func(file string) bool
	probe    func(ctx context.Context, path string) (candidate, error)
	install  func(ctx context.Context, o Options, c candidate) (Installed, error)
	standard func(sorted []Installed) Installed
}

// candidate is an executable that is a runtime of a known version.
type candidate struct {
	id      string
	path    string // the real executable, not a shim or link
	version string
	folders []string // Python: its standard library
}

// better prefers the system's own runtime over others of the same id, then the newer version.
func better(a, b candidate) bool {
	if sa, sb := systemPath(a.path), systemPath(b.path); sa != sb {
		return sa
	}
	if d := compareVersions(a.version, b.version); d != 0 {
		return d > 0
	}
	return a.path < b.path
}

func systemPath(path string) bool { return strings.HasPrefix(path, "/usr/bin/") }

func searchFolders(o Options) []string {
	folders := slices.Clone(o.Extra)
	folders = append(folders, filepath.SplitList(os.Getenv("PATH"))...)
	folders = append(folders, "/usr/local/bin", "/usr/bin", "/bin")
	patterns := []string{"/opt/*/bin"}
	if home, err := os.UserHomeDir(); err == nil { // what version managers install, rather than their slow shims
		for _, below := range []string{".pyenv/versions/*/bin", ".nvm/versions/node/*/bin", ".asdf/installs/*/*/bin", ".local/share/mise/installs/*/*/bin", ".local/share/uv/python/*/bin"} {
			patterns = append(patterns, filepath.Join(home, below))
		}
	}
	if o.DataDir != "" {
		patterns = append(patterns, filepath.Join(o.DataDir, "runtimes", "*", "bin"))
	}
	if self, err := os.Executable(); err == nil {
		patterns = append(patterns, filepath.Join(filepath.Dir(self), "runtimes", "*", "bin"))
	}
	for _, pattern := range patterns {
		matches, err := filepath.Glob(pattern)
		if err == nil { // the only error is a malformed pattern: a data directory with brackets in its name
			folders = append(folders, matches...)
		}
	}
	return folders
}

// executables lists the matching programs in the folders, each real file once.
func executables(folders []string, matches func(string) bool) []string {
	var list []string
	seen := map[string]bool{}
	for _, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil || !filepath.IsAbs(folder) || filepath.Base(folder) == "shims" {
			continue // a folder of PATH need not exist; shims lead to folders that are searched anyway
		}
		for _, entry := range entries {
			if !matches(entry.Name()) {
				continue
			}
			path, err := filepath.EvalSymlinks(filepath.Join(folder, entry.Name()))
			if err != nil || seen[path] {
				continue
			}
			seen[path] = true
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
				list = append(list, path)
			}
		}
	}
	return list
}

// ask runs a program with an environment that cannot change what it says, and returns its standard output.
func ask(ctx context.Context, path string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")} // shims of version managers need both
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		detail := ""
		if exit, ok := err.(*exec.ExitError); ok {
			detail = ": " + strings.TrimSpace(string(exit.Stderr))
		}
		return "", fmt.Errorf("does not run: %w%s", err, detail)
	}
	return strings.TrimSpace(string(out)), nil
}

// compareVersions compares dotted numbers.
func compareVersions(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(x), len(y)) {
		if d := cmp.Compare(number(x, i), number(y, i)); d != 0 {
			return d
		}
	}
	return 0
}

func number(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimRight(parts[i], "abcdefghijklmnopqrstuvwxyz+")) // a suffix such as rc1 does not order
	return n
}

// writeRunner keeps a runner in the data directory, under a name that changes with its content.
func writeRunner(o Options, name string, content []byte) (string, error) {
	sum := sha256.Sum256(content)
	path := filepath.Join(o.DataDir, "runners", hex.EncodeToString(sum[:8]), name)
	if old, err := os.ReadFile(path); err == nil && string(old) == string(content) {
		return path, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", fmt.Errorf("keep the runner: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return "", fmt.Errorf("keep the runner: %w", err)
	}
	defer os.Remove(temporary.Name()) // gone once renamed
	_, err = temporary.Write(content)
	if err == nil {
		err = temporary.Chmod(0o644)
	}
	if e := temporary.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return "", fmt.Errorf("keep the runner: %w", err)
	}
	return path, nil
}

// digest identifies what an image is made of: every file with its size and time of change, and what starts it.
func digest(version string, files []File, env, command []string) string {
	h := sha256.New()
	fmt.Fprintln(h, version, env, command)
	for _, f := range files {
		fmt.Fprintln(h, f.Target, f.Source, f.Mode, f.Link)
		h.Write(f.Data)
		if f.Source != "" {
			stamp(h, f.Source)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func stamp(w io.Writer, path string) {
	if info, err := os.Stat(path); err == nil {
		fmt.Fprintln(w, info.Size(), info.ModTime().UnixNano())
	}
}

// commonEnv are the variables of every runtime; those of a function come with its load.
// Source: AWS Lambda developer guide, "Defined runtime environment variables".
func commonEnv(execution string) []string {
	return []string{
		"PATH=/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin",
		"LANG=en_US.UTF-8",
		"TZ=UTC",
		"HOME=/tmp",
		"LAMBDA_RUNTIME_DIR=/var/runtime",
		"AWS_REGION=us-east-1",
		"AWS_DEFAULT_REGION=us-east-1",
		"AWS_EXECUTION_ENV=" + execution,
		"AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001",
	}
}

// commonFiles are the host's files that functions expect, where the host has them.
func commonFiles() []File {
	var files []File
	for _, path := range []string{"/usr/share/zoneinfo", "/etc/ssl/certs/ca-certificates.crt", "/etc/ld.so.cache"} {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			files = append(files, File{Target: path, Source: real})
		}
	}
	return files
}

// finish completes a runtime whose Files, Command and Env are set.
func finish(r voltrun.Runtime, files []File, env []string, command func(int) []string) Installed {
	seen := map[string]bool{}
	files = slices.DeleteFunc(files, func(f File) bool {
		again := seen[f.Target]
		seen[f.Target] = true
		return again
	})
	return Installed{Runtime: r, Digest: digest(r.Version, files, env, command(voltrun.DefaultMemoryMB)), Files: files, Command: command, Env: env}
}
