//go:build linux

package container

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/voltrun/voltrun/internal/vm"
)

// Available tells whether this host can isolate machines, by building one: it starts a driver on a temporary folder, whose
// launcher tries a machine's namespaces, mounts and limits, and closes it again.
func Available(ctx context.Context, agent []byte) error {
	_, err := Probe(ctx, agent)
	return err
}

// Probe is Available with what holds on this host and what stands in for the rest.
func Probe(ctx context.Context, agent []byte) (capabilities vm.Capabilities, err error) {
	dir, err := os.MkdirTemp("", "voltrun-probe-")
	if err != nil {
		return capabilities, fmt.Errorf("make a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	d, err := New(ctx, Config{DataDir: dir, CodeStore: filepath.Join(dir, "code"), Agent: agent})
	if err != nil {
		return capabilities, err
	}
	return d.Capabilities(), d.Close(ctx)
}
