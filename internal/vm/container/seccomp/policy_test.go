//go:build linux

package seccomp

import "testing"

func TestTheFilterAssembles(t *testing.T) {
	filter, err := Build()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(filter) / 8; n < 300 || n > 4096 {
		t.Fatalf("the filter has %d instructions", n)
	}
}

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		if _, err := Build(); err != nil {
			b.Fatal(err)
		}
	}
}
