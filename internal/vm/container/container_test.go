//go:build linux

package container

import (
	"context"
	"testing"
	"time"

	"go.uber.org/zap/zaptest"

	"github.com/voltrun/voltrun/internal/vm"
	"github.com/voltrun/voltrun/internal/vm/container/cgroup"
	"github.com/voltrun/voltrun/internal/vm/vmtest"
)

func newTestDriver(t testing.TB, store string) *Driver {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	d, err := New(ctx, Config{DataDir: t.TempDir(), CodeStore: store, Agent: vmtest.Agent(t), Log: zaptest.NewLogger(t)})
	if err != nil {
		t.Fatal(err)
	}
	vmtest.OwnGroups(cgroup.Prefix + d.folders.instance)
	return d
}

func TestContract(t *testing.T) {
	vmtest.Run(t, func(t testing.TB, store string) vm.Driver { return newTestDriver(t, store) })
}

func TestContractRootless(t *testing.T) {
	vmtest.AsUser(t, "TestContract")
}
