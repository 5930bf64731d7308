//go:build unix && !linux

package process

// maxRSSUnit is the unit of Rusage.Maxrss in bytes.
const maxRSSUnit = 1

// descendants knows none here: the process group is all that is ended.
func descendants(int) []int { return nil }
