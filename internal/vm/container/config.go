//go:build linux

package container

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"

	"go.uber.org/zap"
	"golang.org/x/sys/unix"

	"github.com/voltrun/voltrun"
)

// Config of a driver. Zero fields get the stated default.
type Config struct {
	DataDir   string // holds images and the driver's own state; it may be closed to everybody else
	CodeStore string // the only code store that machines of this driver can show; made when missing
	Agent     []byte // the agent's static binary for this host

	MaxMachines    int // at the same time; 1,000
	MemoryBudgetMB int // of all machines together; 80 % of the host's memory
	MaxProcesses   int // processes and threads of one machine; 256
	MaxOpenFiles   int // of one process; 1,024
	MaxFileMB      int // size of one file; 512

	Log *zap.Logger // nil: silent
}

// agentMB is what the agent itself needs on top of the function's memory.
const agentMB = 32

const (
	defaultTmpMB = 512 // as on Lambda
	shmMB        = 16
	maxInodes    = 65536 // files in /tmp
)

func (c *Config) complete() error {
	if c.DataDir == "" || c.CodeStore == "" || len(c.Agent) == 0 {
		return voltrun.Errorf(voltrun.CodeValidation, "the container driver needs a data directory, a code store and the agent's binary")
	}
	var err error
	if c.DataDir, err = filepath.Abs(c.DataDir); err != nil {
		return err
	}
	if c.CodeStore, err = filepath.Abs(c.CodeStore); err != nil {
		return err
	}
	fill := func(field *int, value int) {
		if *field <= 0 {
			*field = value
		}
	}
	fill(&c.MaxMachines, 1000)
	fill(&c.MaxProcesses, 256)
	fill(&c.MaxOpenFiles, 1024)
	fill(&c.MaxFileMB, 512)
	if c.MemoryBudgetMB <= 0 {
		var info unix.Sysinfo_t
		if err := unix.Sysinfo(&info); err != nil {
			return fmt.Errorf("read the host's memory: %w", err)
		}
		c.MemoryBudgetMB = int(uint64(info.Totalram) * uint64(info.Unit) / 10 * 8 >> 20)
	}
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	return nil
}

// folders of the driver below its data directory.
type folders struct {
	images, mount string
	instance      string
	lock          *os.File
}

// openFolders makes the driver's folders and takes the lock that keeps a second server from using them.
func openFolders(c Config) (f folders, err error) {
	own := filepath.Join(c.DataDir, "container")
	f = folders{images: filepath.Join(c.DataDir, "images"), mount: filepath.Join(own, "mount")}
	for _, dir := range []string{own, f.images, f.mount, c.CodeStore} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return f, fmt.Errorf("make the container driver's folders: %w", err)
		}
	}
	if f.lock, err = os.OpenFile(filepath.Join(own, "lock"), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return f, fmt.Errorf("lock the container driver's folders: %w", err)
	}
	if err := unix.Flock(int(f.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return f, errors.Join(voltrun.Errorf(voltrun.CodeConflict,
			"%s is in use by another VoltRun server; stop it, or set another data directory: %w", c.DataDir, err), f.lock.Close())
	}
	if f.instance, err = instanceID(filepath.Join(own, "instance")); err != nil {
		return f, errors.Join(err, f.lock.Close())
	}
	return f, nil
}

// instanceID names the groups of this data directory, and no other's.
func instanceID(path string) (string, error) {
	const length = 16
	text, err := os.ReadFile(path)
	if id := strings.TrimSpace(string(text)); err == nil && len(id) == length {
		if _, err := hex.DecodeString(id); err == nil {
			return id, nil
		}
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	var raw [length / 2]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", err
	}
	id := hex.EncodeToString(raw[:])
	return id, os.WriteFile(path, []byte(id+"\n"), 0o600)
}

// User ids of machines: far above those of people and of other tools, in a block for each instance.
const (
	uidFloor  = 1_000_000_000
	uidBlock  = 1 << 16
	uidBlocks = 1 << 14
)

func uidBase(instance string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(instance))
	return uidFloor + h.Sum32()%uidBlocks*uidBlock
}
