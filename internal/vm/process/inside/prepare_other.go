//go:build unix && !linux

package inside

// prepare does nothing here: only Linux hands orphans to an ancestor.
func prepare() error { return nil }
