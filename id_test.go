package voltrun

import "testing"

func TestIDBytesAreTheID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{NewID(PrefixExecution), "exe_00000000000000000000000000", "exe_7ZZZZZZZZZZZZZZZZZZZZZZZZZ"} {
		bytes, ok := IDBytes(PrefixExecution, id)
		if !ok || IDOf(PrefixExecution, bytes) != id {
			t.Errorf("%s becomes %x, %v", id, bytes, ok)
		}
	}
	for _, id := range []string{"", "exe_", "fn_00000000000000000000000000", "exe_8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "exe_0000000000000000000000000U"} {
		if bytes, ok := IDBytes(PrefixExecution, id); ok {
			t.Errorf("%q passes as %x", id, bytes)
		}
	}
}
