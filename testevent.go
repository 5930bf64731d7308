package voltrun

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// TestEvent is an input kept with a function, to try it with.
type TestEvent struct {
	FunctionID string
	Name       string
	Input      json.RawMessage // any JSON
	UpdatedAt  time.Time
}

// Limits of the test events of a function.
const (
	MaxTestEvents         = 50
	MaxTestEventBytes     = 256 << 10
	MaxTestEventNameChars = 64
)

// TestEventNameProblem says why name is not one of a test event, or "". A name is a segment of a path: what a client
// would resolve, such as "..", is none.
func TestEventNameProblem(name string) string {
	switch {
	case name == "":
		return "must not be empty"
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" -_.", r)
	}):
		return "may hold letters, digits, spaces, -, _ and . only"
	case utf8.RuneCountInString(name) > MaxTestEventNameChars:
		return fmt.Sprintf("must be at most %d characters long", MaxTestEventNameChars)
	case strings.TrimSpace(name) != name:
		return "must not begin or end with a space"
	case strings.Trim(name, ".") == "":
		return "must hold more than dots"
	}
	return ""
}
