package auth

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestAPIKeys(t *testing.T) {
	t.Parallel()
	key, prefix, hash := NewAPIKey()
	if !strings.HasPrefix(key, prefix) || !strings.HasPrefix(prefix, "vr_") || len(prefix) != 11 {
		t.Errorf("key %s, prefix %s", key, prefix)
	}
	if !bytes.Equal(hash, HashAPIKey(key)) || !wellFormedAPIKey(key) {
		t.Error("a new key does not pass its own checks")
	}
	if again, _, _ := NewAPIKey(); again == key {
		t.Error("two keys are the same")
	}
	for i := range key {
		changed := []byte(key)
		changed[i] ^= 1
		if wellFormedAPIKey(string(changed)) {
			t.Errorf("the checksum misses a change at %d", i)
		}
	}
	for _, other := range []string{"", "vr_", key[:len(key)-1], key + "0"} {
		if wellFormedAPIKey(other) {
			t.Errorf("%q passes", other)
		}
	}
}

func TestRandomCharactersAreEvenlySpread(t *testing.T) {
	t.Parallel()
	counts := map[rune]int{}
	for _, r := range randomBase62(62 * 2000) {
		counts[r]++
	}
	for _, r := range base62 { // 2000 ± 9 standard deviations
		if counts[r] < 1600 || counts[r] > 2400 {
			t.Errorf("%c came %d times, want about 2000", r, counts[r])
		}
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "token.key")
	keys := make([][]byte, 8)
	var wait sync.WaitGroup
	for i := range keys { // processes that start at the same moment agree
		wait.Go(func() {
			var err error
			if keys[i], err = LoadOrCreateKey(path); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, key := range keys {
		if len(key) != KeyBytes || !bytes.Equal(key, keys[0]) {
			t.Errorf("got %d different bytes", len(key))
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

func TestKeyFileThatCannotBeTrusted(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("ab", KeyBytes)
	tests := map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"readable by the group": {digits, 0o640, "chmod 600"},
		"readable by all":       {digits, 0o604, "chmod 600"},
		"writable by all":       {digits, 0o602, "chmod 600"},
		"empty":                 {"", 0o600, "hexadecimal"},
		"cut":                   {digits[2:], 0o600, "hexadecimal"},
		"too long":              {digits + "ab", 0o600, "hexadecimal"},
		"not hexadecimal":       {"zz" + digits[2:], 0o600, "hexadecimal"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, test.mode); err != nil {
				t.Fatal(err)
			}
			_, err := LoadOrCreateKey(path)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "abab") {
				t.Errorf("got %v, want something about %q and not the key", err, test.want)
			}
			if text, _ := os.ReadFile(path); string(text) != test.text {
				t.Error("the file was changed")
			}
		})
	}
	if _, err := LoadOrCreateKey(t.TempDir()); err == nil {
		t.Error("a folder passes for a key")
	}
	if _, err := LoadOrCreateKey(filepath.Join(t.TempDir(), "missing", "key")); err == nil {
		t.Error("want an error without the folder")
	}
}
