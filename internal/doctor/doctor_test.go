//go:build linux

package doctor

import (
	"testing"

	"github.com/voltrun/voltrun/internal/vm/vmtest"
)

func TestEveryFindingIsInWordsAndFailuresHaveAFix(t *testing.T) {
	findings := Check(t.Context(), Options{DataDir: t.TempDir(), Agent: vmtest.Agent(t)})
	seen := map[string]bool{}
	for _, f := range findings {
		t.Logf("%-4s %s: %s | %s", f.Status, f.Name, f.Detail, f.Fix)
		seen[f.Name] = true
		if f.Name == "" || f.Detail == "" || f.Status != OK && f.Status != Warn && f.Status != Fail {
			t.Errorf("incomplete: %+v", f)
		}
		if f.Status == Fail && f.Fix == "" {
			t.Errorf("%s fails without a fix", f.Name)
		}
	}
	for _, name := range []string{"user namespaces", "control groups", "container", "KVM", "runtimes", "disk", "open files"} {
		if !seen[name] {
			t.Errorf("nothing about %s", name)
		}
	}
	if !Failed(findings) {
		t.Error("no runtimes were given, and that is no failure")
	}
}
