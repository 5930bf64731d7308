package control

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/voltrun/voltrun"
)

// Versions lists all versions, newest first, without files.
func (f *Functions) Versions(ctx context.Context, owner, ref string) ([]VersionInfo, error) {
	fn, err := f.find(ctx, owner, ref)
	if err != nil {
		return nil, err
	}
	versions, err := f.store.Versions(ctx, fn.ID)
	if err != nil {
		return nil, err
	}
	infos := make([]VersionInfo, len(versions))
	for i, v := range versions {
		infos[i] = VersionInfo{Version: v, Active: v.Number == fn.Version}
	}
	return infos, nil
}

// Version returns one version with its files.
func (f *Functions) Version(ctx context.Context, owner, ref string, number int) (VersionInfo, error) {
	fn, version, err := f.findVersion(ctx, owner, ref, number)
	return VersionInfo{Version: version, Active: err == nil && number == fn.Version}, err
}

// Activate makes an earlier version the one that runs, with the runtime and handler it had.
func (f *Functions) Activate(ctx context.Context, owner, ref string, number int) (voltrun.Function, error) {
	for attempt := 1; ; attempt++ {
		fn, version, err := f.findVersion(ctx, owner, ref, number)
		if err != nil {
			return voltrun.Function{}, err
		}
		if err := f.fillEnv(ctx, &fn); err != nil || fn.Version == number {
			return fn, err
		}
		if _, ok := f.runtimes.Runtime(version.Runtime); !ok {
			return voltrun.Function{}, voltrun.Errorf(voltrun.CodeConflict,
				"version %d needs the runtime %s, which this server does not have; it has %s", number, version.Runtime, f.runtimeIDs())
		}
		before := fn.UpdatedAt
		fn.Version, fn.Runtime, fn.Handler, fn.UpdatedAt = number, version.Runtime, version.Handler, after(before)
		err = f.save(ctx, fn, nil, nil, before)
		if voltrun.CodeOf(err) != voltrun.CodeConflict || attempt == updateAttempts {
			return fn, err
		}
	}
}

func (f *Functions) findVersion(ctx context.Context, owner, ref string, number int) (voltrun.Function, voltrun.Version, error) {
	fn, err := f.find(ctx, owner, ref)
	if err != nil {
		return fn, voltrun.Version{}, err
	}
	if number < 1 {
		return fn, voltrun.Version{}, voltrun.Errorf(voltrun.CodeNotFound, "versions are numbered from 1; there is no version %d", number)
	}
	version, err := f.store.Version(ctx, fn.ID, number)
	return fn, version, err
}

// digestOf is the SHA-256 (hex) of a set of files. Lengths stand before names and texts, so that
// no two sets are written the same way.
func digestOf(files map[string]string) string {
	hash := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		hashText(hash, name)
		hashText(hash, files[name])
	}
	return hex.EncodeToString(hash.Sum(nil))
}

type writer interface{ Write([]byte) (int, error) }

func hashText[T ~string | ~[]byte](hash writer, text T) {
	hash.Write(binary.BigEndian.AppendUint64(nil, uint64(len(text))))
	hash.Write([]byte(text))
}
