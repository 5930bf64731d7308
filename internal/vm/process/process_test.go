//go:build linux

package process

import (
	"testing"

	"github.com/voltrun/voltrun/internal/vm"
	"github.com/voltrun/voltrun/internal/vm/vmtest"
)

func TestContract(t *testing.T) {
	vmtest.Run(t, func(t testing.TB, store string) vm.Driver {
		d, err := New(Config{DataDir: t.TempDir(), Agent: vmtest.Agent(t)})
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}
