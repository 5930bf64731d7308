package voltrun

import (
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Lengths of the texts of a function, in characters, and of its paths, in bytes.
const (
	MaxNameChars    = 64
	MaxHandlerChars = 128 // as on Lambda
	MaxMessageChars = 1024
	MaxPathBytes    = 255
)

// Problems lists everything that is wrong with f's settings, located as in a request
// body. Code, environment and runtime have rules of their own.
func (f Function) Problems() []FieldError {
	var p problems
	if !ValidFunctionName(f.Name) {
		p.add("body.name", "must be 1 to %d letters, digits, - and _, start with a letter and not look like an id (%s_…)",
			MaxNameChars, PrefixFunction)
	}
	p.text("body.description", f.Description, MaxDescription)
	if message := handlerProblem(f.Handler); message != "" {
		p.add("body.handler", "%s", message)
	}
	if f.MemoryMB < MinMemoryMB || f.MemoryMB > MaxMemoryMB {
		p.add("body.memory_mb", "must be from %d to %d", MinMemoryMB, MaxMemoryMB)
	}
	// Zero means that the share follows the memory. The negated form also refuses NaN.
	if f.CPUs != 0 && !(f.CPUs >= MinCPUs && f.CPUs <= MaxCPUs) || math.IsInf(f.CPUs, 0) {
		p.add("body.cpus", "must be from %g to %g, or 0 to follow the memory", MinCPUs, MaxCPUs)
	}
	if f.Timeout < MinTimeout || f.Timeout > MaxTimeout {
		p.add("body.timeout_ms", "must be from %d to %d", MinTimeout/time.Millisecond, MaxTimeout/time.Millisecond)
	}
	if f.Isolation != IsolationFresh && f.Isolation != IsolationWarm {
		p.add("body.isolation", "must be %q or %q", IsolationFresh, IsolationWarm)
	}
	if f.MaxConcurrency < 1 || f.MaxConcurrency > MaxConcurrency {
		p.add("body.max_concurrency", "must be from 1 to %d", MaxConcurrency)
	}
	return p
}

// ValidFunctionName reports whether name may name a function. A name never looks like
// an id, because either one may stand in a path.
func ValidFunctionName(name string) bool {
	if name == "" || len(name) > MaxNameChars || !isLetter(name[0]) {
		return false
	}
	for i := 0; i < len(name); i++ {
		if c := name[i]; !isLetter(c) && !isDigit(c) && c != '-' && c != '_' {
			return false
		}
	}
	return !strings.HasPrefix(name, PrefixFunction+"_")
}

// ValidFunctionRef reports whether ref has the shape of a function's id or name.
func ValidFunctionRef(ref string) bool {
	return ValidID(PrefixFunction, ref) || ValidFunctionName(ref)
}

// handlerProblem checks only what Lambda's API checks. Whether the handler exists is the
// language's business, and its answer is an outcome of the execution.
func handlerProblem(handler string) string {
	switch {
	case handler == "":
		return "must not be empty"
	case utf8.RuneCountInString(handler) > MaxHandlerChars:
		return fmt.Sprintf("must be at most %d characters long", MaxHandlerChars)
	case strings.ContainsFunc(handler, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError
	}):
		return "must not contain spaces or control characters"
	}
	return ""
}

// MessageProblems checks the message of a version.
func MessageProblems(message string) []FieldError {
	var p problems
	p.text("body.message", message, MaxMessageChars)
	return p
}

// FileProblems lists everything that is wrong with the names and contents of a
// version's files. Their size is not looked at: see FilesSize.
func FileProblems(files map[string]string) []FieldError {
	var p problems
	if len(files) == 0 {
		p.add("body.files", "must contain at least one file")
	}
	folders := make(map[string]string) // folder, in lower case → a file in it
	for name := range files {
		for dir := path.Dir(name); dir != "." && dir != "/"; dir = path.Dir(dir) {
			folders[strings.ToLower(dir)] = name
		}
	}
	seen := make(map[string]string) // path in lower case → path
	for _, name := range slices.Sorted(maps.Keys(files)) {
		location := fmt.Sprintf("body.files[%q]", name)
		folded := strings.ToLower(name)
		if message := pathProblem(name); message != "" {
			p.add(location, "%s", message)
		} else if other, ok := seen[folded]; ok {
			p.add(location, "differs from %q only in upper and lower case", other)
		} else if inside, ok := folders[folded]; ok {
			p.add(location, "is a file and also the folder of %q", inside)
		}
		seen[folded] = name
		if message := textProblem(files[name]); message != "" {
			p.add(location, "%s", message)
		}
	}
	return p
}

// CodeProblems checks the text of single-file code.
func CodeProblems(code string) []FieldError {
	var p problems
	if strings.TrimSpace(code) == "" {
		p.add("body.code", "must not be empty")
	} else if message := textProblem(code); message != "" {
		p.add("body.code", "%s", message)
	}
	return p
}

// FilesSize returns a CodeTooLarge error when files are too many or too big together.
func FilesSize(files map[string]string) error {
	if len(files) > MaxCodeFiles {
		return Errorf(CodeTooLarge, "the code has %d files; at most %d are allowed", len(files), MaxCodeFiles)
	}
	size := 0
	for name, text := range files {
		size += len(name) + len(text)
	}
	if size > MaxCodeBytes {
		return Errorf(CodeTooLarge, "the code is %d bytes long, names included; at most %d are allowed", size, MaxCodeBytes)
	}
	return nil
}

// pathProblem says why name is no path of a file below /var/task, or "".
func pathProblem(name string) string {
	switch {
	case name == "":
		return "the path must not be empty"
	case len(name) > MaxPathBytes:
		return fmt.Sprintf("the path must be at most %d bytes long", MaxPathBytes)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "the path must not contain control characters"
	case strings.Contains(name, `\`):
		return `the path must be separated by /, not \`
	case name[0] == '/':
		return "the path must be relative, without a leading /"
	case slices.Contains(strings.Split(name, "/"), ".."):
		return "the path must not contain .."
	case name == "." || path.Clean(name) != name:
		return "the path must be written in its shortest form and name a file, such as lib/util.js"
	}
	return ""
}

func textProblem(text string) string {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return "must be UTF-8 text without NUL"
	}
	return ""
}

// problems collects what is wrong with a request.
type problems []FieldError

func (p *problems) add(location, format string, args ...any) {
	*p = append(*p, FieldError{Location: location, Message: fmt.Sprintf(format, args...)})
}

// text checks a free text: line breaks and tabs are fine, other control characters are not.
func (p *problems) text(location, text string, maxChars int) {
	if utf8.RuneCountInString(text) > maxChars {
		p.add(location, "must be at most %d characters long", maxChars)
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	}) {
		p.add(location, "must not contain control characters")
	}
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
