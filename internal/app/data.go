package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
)

// data is the data directory: what a server keeps on this machine beside the database.
type data struct {
	dir  string
	lock *os.File
}

// openData creates the directory, readable by its owner only, and locks it: two servers on one would destroy each other's machines.
func openData(dir string) (*data, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create the data directory: %w; choose another with --data-dir", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the data directory: %w; choose another with --data-dir", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("another VoltRun uses the data directory %s: stop it, or choose another with --data-dir", dir)
	}
	return &data{dir: dir, lock: lock}, nil
}

// close gives the directory up.
func (d *data) close() error { return d.lock.Close() }

func (d *data) path(name string) string { return filepath.Join(d.dir, name) }

// keys are the secrets of this server, made at the first start.
type keys struct {
	token []byte // signs access and refresh tokens
	vault []byte // encrypts environment variables and secrets at rest
}

func (d *data) keys() (keys, error) {
	if err := os.MkdirAll(d.path("keys"), 0o700); err != nil {
		return keys{}, fmt.Errorf("create the folder of keys: %w", err)
	}
	token, err := auth.LoadOrCreateKey(d.path("keys/token.key"))
	if err != nil {
		return keys{}, err
	}
	vault, err := auth.LoadOrCreateKey(d.path("keys/vault.key"))
	return keys{token: token, vault: vault}, err
}

// nodeID names this server in leases, the same after a restart.
func (d *data) nodeID() (string, error) {
	path := d.path("node-id")
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		id := voltrun.NewID(voltrun.PrefixNode)
		return id, os.WriteFile(path, []byte(id+"\n"), 0o600)
	}
	if err != nil {
		return "", err
	}
	id := strings.TrimSpace(string(raw))
	if !voltrun.ValidID(voltrun.PrefixNode, id) {
		return "", fmt.Errorf("%s does not hold a node id; remove it to get a new one", path)
	}
	return id, nil
}
