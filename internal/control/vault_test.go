package control

import (
	"bytes"
	"strings"
	"testing"

	"github.com/voltrun/voltrun"
)

var (
	installedNode   = voltrun.Runtime{ID: "nodejs", Language: "nodejs", DefaultHandler: "index.handler", DefaultFile: "index.mjs"}
	installedPython = voltrun.Runtime{ID: "python", Language: "python", DefaultHandler: "lambda_function.lambda_handler", DefaultFile: "lambda_function.py"}
)

func newVault(t *testing.T, seed byte) *Vault {
	t.Helper()
	v, err := NewVault(bytes.Repeat([]byte{seed}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVault(t *testing.T) {
	t.Parallel()
	v, other := newVault(t, 1), newVault(t, 2)
	const value = "p4ssw0rd, quite secret"
	for _, value := range []string{value, "", strings.Repeat("x", 30_000)} {
		sealed := v.Seal("fn_1", "secret:TOKEN", value)
		if len(sealed) != len(value)+sealedOverhead || value != "" && bytes.Contains(sealed, []byte(value)) {
			t.Errorf("%d bytes sealed from %d", len(sealed), len(value))
		}
		if got, err := v.Open("fn_1", "secret:TOKEN", sealed); err != nil || got != value {
			t.Errorf("got %d bytes, %v", len(got), err)
		}
	}
	sealed := v.Seal("fn_1", "secret:TOKEN", value)
	if bytes.Equal(sealed, v.Seal("fn_1", "secret:TOKEN", value)) {
		t.Error("the same value is sealed the same way twice")
	}
	refused := func(when string, v *Vault, function, name string, sealed []byte, says string) {
		_, err := v.Open(function, name, sealed)
		if voltrun.CodeOf(err) != voltrun.CodeInternal || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "p4ss") {
			t.Errorf("%s: got %v, want something about %q", when, err, says)
		}
	}
	refused("another function", v, "fn_2", "secret:TOKEN", sealed, "another function")
	refused("another name", v, "fn_1", "env:TOKEN", sealed, "another function")
	refused("another key", other, "fn_1", "secret:TOKEN", sealed, "restore the key file")
	for _, cut := range []int{0, 1, 4, 5, 20, len(sealed) - 1} {
		refused("cut", v, "fn_1", "secret:TOKEN", sealed[:cut], "secret:TOKEN of function fn_1")
	}
	for i := range sealed {
		altered := bytes.Clone(sealed)
		altered[i] ^= 1
		refused("altered", v, "fn_1", "secret:TOKEN", altered, "secret:TOKEN of function fn_1")
	}
	if _, err := NewVault(make([]byte, 31)); err == nil {
		t.Error("a short key passes")
	}
}

func TestDigestTellsFilesApart(t *testing.T) {
	t.Parallel()
	sets := []map[string]string{{}, {"a": "b"}, {"b": "a"}, {"ab": ""}, {"": "ab"}, {"a": "", "b": ""}, {"a": "b", "c": "d"}, {"a": "bcd"}, {"a": "b\x00c"}}
	seen := map[string]int{}
	for i, files := range sets {
		digest := digestOf(files)
		if other, ok := seen[digest]; ok || len(digest) != 64 {
			t.Errorf("sets %d and %d have digest %s", i, other, digest)
		}
		seen[digest] = i
	}
}
