package cli

import (
	"fmt"
	"path"
	"strings"
)

// defaultIgnores never belong to a function's code. A .voltignore may bring one back with "!".
const defaultIgnores = `
.git/
.hg/
.svn/
__pycache__/
*.pyc
.env
.env.*
.DS_Store
/volt.yaml
/.voltignore
`

// ignoreRules are the patterns of a .voltignore, with the meaning that git gives to .gitignore
// (https://git-scm.com/docs/gitignore): the last pattern that matches decides.
type ignoreRules []ignoreRule

type ignoreRule struct {
	segments []string // "**" stands for any number of segments
	negated  bool
	dirOnly  bool
}

// parseIgnore reads patterns, one a line. An error names the line that makes no sense.
func parseIgnore(text string) (ignoreRules, error) {
	var rules ignoreRules
	for number, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		rule, ok, err := parseRule(strings.TrimSuffix(line, "\r"))
		if err != nil {
			return nil, fmt.Errorf("line %d: %q is not a pattern", number+1, line)
		}
		if ok {
			rules = append(rules, rule)
		}
	}
	return rules, nil
}

func parseRule(line string) (rule ignoreRule, ok bool, err error) {
	line = trimTrailingSpaces(line)
	if line == "" || line[0] == '#' {
		return rule, false, nil
	}
	if line[0] == '!' {
		rule.negated, line = true, line[1:]
	}
	if strings.HasSuffix(line, "/") {
		rule.dirOnly, line = true, strings.TrimRight(line, "/")
	}
	anchored := strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if line == "" {
		return rule, false, nil
	}
	if !anchored {
		rule.segments = []string{"**"}
	}
	for _, segment := range strings.Split(line, "/") {
		segment = strings.ReplaceAll(segment, "[!", "[^")
		if _, err := path.Match(segment, "x"); err != nil {
			return rule, false, err
		}
		if last := len(rule.segments) - 1; segment == "**" && last >= 0 && rule.segments[last] == "**" {
			continue
		}
		rule.segments = append(rule.segments, segment)
	}
	return rule, true, nil
}

// trimTrailingSpaces drops spaces at the end, except one that a backslash protects.
func trimTrailingSpaces(line string) string {
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	return line
}

// ignores reports whether the file or folder at a slash-separated path is left out. The caller does
// not descend into a folder that is: as in git, nothing below it can be brought back.
func (rules ignoreRules) ignores(name string, dir bool) bool {
	segments := strings.Split(name, "/")
	for i := len(rules) - 1; i >= 0; i-- {
		rule := rules[i]
		if (!rule.dirOnly || dir) && matchSegments(rule.segments, segments) {
			return !rule.negated
		}
	}
	return false
}

// matchSegments matches a path against a pattern. Only the last "**" needs to be tried again
// when what follows it fails, so that the work is bounded by the product of the lengths.
func matchSegments(pattern, segments []string) bool {
	p, s, star, mark := 0, 0, -1, 0
	for s < len(segments) {
		switch {
		case p < len(pattern) && pattern[p] == "**":
			star, mark = p, s
			p++
			if p == len(pattern) { // "a/**" is everything inside a, not a itself
				return true
			}
		case p < len(pattern) && matchSegment(pattern[p], segments[s]):
			p++
			s++
		case star >= 0:
			mark++
			p, s = star+1, mark
		default:
			return false
		}
	}
	return p == len(pattern)
}

func matchSegment(pattern, segment string) bool {
	matched, err := path.Match(pattern, segment)
	return err == nil && matched
}
