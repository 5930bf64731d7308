package lang

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestDiscover(t *testing.T) {
	found, problems := Discover(context.Background(), Options{DataDir: t.TempDir()})
	t.Log(problems)
	if len(found) == 0 {
		t.Skip("no runtime on this host")
	}
	ids := map[string]Installed{}
	for _, i := range found {
		t.Logf("%s %s %s %v %d files", i.ID, i.Name, i.Version, i.Command(128), len(i.Files))
		if ids[i.ID].ID != "" {
			t.Errorf("%s is listed twice", i.ID)
		}
		ids[i.ID] = i
		if len(i.Digest) != 64 || i.Template == "" || i.DefaultFile == "" {
			t.Errorf("%s is incomplete: %+v", i.ID, i.Runtime)
		}
		targets := map[string]bool{}
		for _, f := range i.Files {
			if !filepath.IsAbs(f.Target) || filepath.Clean(f.Target) != f.Target || targets[f.Target] {
				t.Errorf("%s: target %q is not clean or there twice", i.ID, f.Target)
			}
			targets[f.Target] = true
			if _, err := os.Stat(f.Source); err != nil {
				t.Errorf("%s: %v", i.ID, err)
			}
		}
		command := i.Command(100)
		if !targets[command[0]] || !targets[command[len(command)-1]] {
			t.Errorf("%s: the machine does not have what %v starts", i.ID, command)
		}
		if !slices.Contains(i.Env, "TZ=UTC") {
			t.Errorf("%s: %v", i.ID, i.Env)
		}
		if i.Language == "nodejs" && !slices.Contains(command, "--max-old-space-size=90") {
			t.Errorf("%s: %v does not limit the heap", i.ID, command)
		}
	}
	for _, name := range []string{"nodejs", "python"} {
		standard, ok := ids[name]
		if !ok {
			continue
		}
		if !slices.ContainsFunc(found, func(i Installed) bool { return i.ID != name && i.Digest == standard.Digest }) {
			t.Errorf("%s is none of the exact runtimes", name)
		}
	}
}

func TestDiscoverIsStable(t *testing.T) {
	data := t.TempDir()
	a, _ := Discover(context.Background(), Options{DataDir: data})
	b, _ := Discover(context.Background(), Options{DataDir: data})
	if len(a) != len(b) {
		t.Fatalf("%d and %d runtimes", len(a), len(b))
	}
	for i := range a {
		if a[i].ID != b[i].ID || a[i].Digest != b[i].Digest {
			t.Errorf("%s %s became %s %s", a[i].ID, a[i].Digest, b[i].ID, b[i].Digest)
		}
	}
}

func TestDiscoverReportsWhatIsBroken(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "node"), []byte("#!/bin/sh\necho v99\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, problems := Discover(context.Background(), Options{DataDir: t.TempDir(), Extra: []string{dir}})
	if !slices.ContainsFunc(problems, func(p Problem) bool {
		return strings.HasPrefix(p.Path, dir) && strings.Contains(p.Reason, "is not Node.js")
	}) {
		t.Errorf("problems: %v", problems)
	}
}

func TestStandardNode(t *testing.T) {
	of := func(versions ...string) []Installed {
		var list []Installed
		for _, v := range versions {
			i := Installed{}
			i.Version = v
			list = append(list, i)
		}
		return list
	}
	for want, list := range map[string][]Installed{
		"22.1.0": of("20.1.0", "22.1.0", "24.0.0"),
		"20.1.0": of("20.1.0", "24.0.0"),
		"26.0.0": of("24.0.0", "26.0.0"),
	} {
		if got := standardNode(list).Version; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
