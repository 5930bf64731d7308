package cli

import (
	"maps"
	"slices"
	"strings"
)

// fileChange is how one file differs from what is deployed.
type fileChange struct {
	Path    string `json:"path"`
	Change  string `json:"change"` // "added", "changed" or "removed"
	Added   int    `json:"lines_added"`
	Removed int    `json:"lines_removed"`
}

// compare lists the files that differ, by path.
func compare(before, after map[string]string) []fileChange {
	var changes []fileChange
	all := maps.Clone(after)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, before)
	for _, path := range slices.Sorted(maps.Keys(all)) {
		old, had := before[path]
		text, has := after[path]
		change := fileChange{Path: path}
		switch {
		case had && has && old == text:
			continue
		case !had:
			change.Change, change.Added = "added", len(lines(text))
		case !has:
			change.Change, change.Removed = "removed", len(lines(old))
		default:
			change.Change = "changed"
			change.Added, change.Removed = lineChanges(lines(old), lines(text))
		}
		changes = append(changes, change)
	}
	return changes
}

// lines splits text after each line feed, so that a missing last one counts as a change.
func lines(text string) []string {
	split := strings.SplitAfter(text, "\n")
	if split[len(split)-1] == "" {
		split = split[:len(split)-1]
	}
	return split
}

// maxEdits bounds the work of lineChanges; beyond it everything between the first
// and the last difference counts as replaced.
const maxEdits = 2000

// lineChanges counts the lines that the shortest edit adds and removes. It is the greedy search of
// E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), which needs no
// path for counting: the length of the edit and the difference in length tell both.
func lineChanges(a, b []string) (added, removed int) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	edits := editLength(a, b)
	if edits < 0 {
		return len(b), len(a)
	}
	added = (edits + len(b) - len(a)) / 2
	return added, edits - added
}

// editLength is the length of the shortest edit from a to b, or -1 beyond maxEdits.
func editLength(a, b []string) int {
	limit := min(len(a)+len(b), maxEdits)
	reach := make([]int, 2*limit+3) // by diagonal: how far along a
	for d := 0; d <= limit; d++ {
		for k := -d; k <= d; k += 2 {
			at := k + limit + 1
			x := reach[at-1] + 1
			if k == -d || (k != d && reach[at-1] < reach[at+1]) {
				x = reach[at+1]
			}
			y := x - k
			for x < len(a) && y < len(b) && a[x] == b[y] {
				x, y = x+1, y+1
			}
			if x >= len(a) && y >= len(b) {
				return d
			}
			reach[at] = x
		}
	}
	return -1
}
