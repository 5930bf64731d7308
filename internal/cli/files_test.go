package cli

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/voltrun/voltrun"
)

func TestIgnoreRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		patterns, path string
		dir, ignored   bool
	}{
		{"*.log", "a.log", false, true},
		{"*.log", "deep/down/a.log", false, true},
		{"*.log\n!keep.log", "keep.log", false, false},
		{"!keep.log\n*.log", "keep.log", false, true},
		{"/a", "a", false, true},
		{"/a", "b/a", false, false},
		{"a/b", "x/a/b", false, false},
		{"a/", "a", false, false},
		{"a/", "a", true, true},
		{"**/a", "x/y/a", false, true},
		{"a/**", "a", true, false},
		{"a/**", "a/b/c", false, true},
		{"a/**/b", "a/b", false, true},
		{"a/**/b", "a/x/y/b", false, true},
		{"a/*", "a/x/y", false, false},
		{"[!a].txt", "b.txt", false, true},
		{"[!a].txt", "a.txt", false, false},
		{`\#x`, "#x", false, true},
		{`\!x`, "!x", false, true},
		{"# comment", "# comment", false, false},
		{"x  ", "x", false, true},
		{`x\ `, "x ", false, true},
		{"x\r\ny", "x", false, true},
		{"?", "ä", false, true},
	} {
		rules, err := parseIgnore(c.patterns)
		if err != nil {
			t.Errorf("%q: %v", c.patterns, err)
		}
		if got := rules.ignores(c.path, c.dir); got != c.ignored {
			t.Errorf("%q ignores %q (folder %v) = %v, want %v", c.patterns, c.path, c.dir, got, c.ignored)
		}
	}
	if _, err := parseIgnore("fine\n[a"); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a broken pattern gave %v, want its line", err)
	}
}

func FuzzIgnoreRules(f *testing.F) {
	f.Add("**/a/**/b\n!x[a-z]", "a/b/c")
	f.Add(strings.Repeat("**/a*/", 50), strings.Repeat("a/", 200))
	f.Fuzz(func(t *testing.T, patterns, path string) {
		if rules, err := parseIgnore(patterns); err == nil {
			rules.ignores(path, true)
		}
	})
}

func TestGather(t *testing.T) {
	t.Parallel()
	p := newPerson(t, "")
	for _, name := range []string{"index.mjs", "lib/a.mjs", "node_modules/x/index.js", ".git/config", ".env", "__pycache__/a.pyc", "skip/a.txt", "skip/b.txt", "volt.yaml"} {
		p.write(name, "text")
	}
	p.write(".voltignore", "skip/*\n!skip/b.txt\n")
	if err := os.Symlink("index.mjs", filepath.Join(p.dir, "alias.mjs")); err != nil {
		t.Fatal(err)
	}
	files, err := gather(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"alias.mjs", "index.mjs", "lib/a.mjs", "node_modules/x/index.js", "skip/b.txt"}
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, want) {
		t.Errorf("gathered %v, want %v", got, want)
	}
}

func TestGatherRefuses(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := func(target string) func(*person) {
		return func(p *person) {
			if err := os.Symlink(target, filepath.Join(p.dir, "link")); err != nil {
				t.Fatal(err)
			}
		}
	}
	for want, prepare := range map[string]func(*person){
		"leads out":        link(secret),
		"link to a folder": func(p *person) { p.write("d/x", ""); link("d")(p) },
		"not UTF-8":        func(p *person) { p.write("image.png", "\x89PNG\xff") },
		"larger than":      func(p *person) { p.write("big", strings.Repeat("x", voltrun.MaxCodeBytes+1)) },
		"more than 1000": func(p *person) {
			for i := range voltrun.MaxCodeFiles + 1 {
				p.write("f"+strconv.Itoa(i), "")
			}
		},
		"no file": func(*person) {},
	} {
		p := newPerson(t, "")
		prepare(p)
		if _, err := gather(p.dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("gather gave %v, want %q", err, want)
		}
	}
}

func TestLineChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b           string
		added, removed int
	}{
		{"", "", 0, 0}, {"a", "a", 0, 0}, {"", "ab", 2, 0}, {"ab", "", 0, 2}, {"abc", "axc", 1, 1},
		{"abcabba", "cbabac", 2, 3}, {"ab", "ba", 1, 1},
	} {
		added, removed := lineChanges(strings.Split(c.a, ""), strings.Split(c.b, ""))
		if added != c.added || removed != c.removed {
			t.Errorf("%q → %q: +%d -%d, want +%d -%d", c.a, c.b, added, removed, c.added, c.removed)
		}
	}
}

// The search must agree with the textbook table of longest common subsequences.
func TestLineChangesAgainstTable(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	word := func() []string {
		w := make([]string, random.IntN(12))
		for i := range w {
			w[i] = string(rune('a' + random.IntN(3)))
		}
		return w
	}
	for range 2000 {
		a, b := word(), word()
		common := lcs(a, b)
		if added, removed := lineChanges(a, b); added != len(b)-common || removed != len(a)-common {
			t.Fatalf("%v → %v: +%d -%d, want +%d -%d", a, b, added, removed, len(b)-common, len(a)-common)
		}
	}
}

func lcs(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	row := make([]int, len(b)+1)
	for _, x := range a {
		diagonal := 0
		for j, y := range b {
			above := row[j+1]
			if x == y {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			diagonal = above
		}
	}
	return row[len(b)]
}
