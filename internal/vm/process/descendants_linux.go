package process

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// maxRSSUnit is the unit of Rusage.Maxrss in bytes.
const maxRSSUnit = 1024

// descendants returns the running processes below pid; those that ended and were not collected do not count.
func descendants(pid int) (found []int) {
	tasks, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	if err != nil {
		return nil
	}
	for _, path := range tasks {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		for _, field := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				continue
			}
			found = append(found, descendants(child)...)
			if !zombie(child) {
				found = append(found, child)
			}
		}
	}
	return found
}

func zombie(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return true
	}
	i := strings.LastIndex(string(text), ") ")
	return i < 0 || i+2 >= len(text) || text[i+2] == 'Z' || text[i+2] == 'X'
}
