package control

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isESM reports whether JavaScript code is an ECMAScript module: whether it uses an import or export
// declaration at its top level, or import.meta anywhere. Everything else is CommonJS, as it is for Node.js.
//
// It reads tokens, not programs: comments, strings, templates and regular expressions are
// skipped, brackets are counted. "import" and "export" are reserved words, so that at the top
// level only import(…) and property names have to be told from declarations.
func isESM(code string) bool {
	s := &jsScanner{code: strings.TrimPrefix(code, "\uFEFF")}
	if strings.HasPrefix(s.code, "#!") {
		s.skipLine()
	}
	for s.next() {
		if s.word == "" || s.before == "." || s.before == "?." {
			continue
		}
		switch {
		case s.word == "import" && s.startsMeta():
			return true
		case s.word == "import" && len(s.open) == 0 && !s.followedBy("(.:=,;)"):
			return true
		case s.word == "export" && len(s.open) == 0 && !s.followedBy("(.:=,;)"):
			return true
		}
	}
	return false
}

// jsScanner walks over the tokens of JavaScript code.
type jsScanner struct {
	code string
	at   int

	word   string    // the token, when it is an identifier, keyword or number
	before string    // the token before it
	last   string    // the token last read
	open   []bracket // brackets that are open
	closed bracket   // the one that the last token closed
}

type bracket struct {
	kind byte // ( [ { or $ for the ${ of a template
	// operand: what follows the closing bracket continues an expression, so that a slash divides.
	operand bool
}

// next reads one token; false at the end of the code.
func (s *jsScanner) next() bool {
	s.before, s.word = s.last, ""
	for s.at < len(s.code) {
		r, size := utf8.DecodeRuneInString(s.code[s.at:])
		rest := s.code[s.at:]
		switch {
		case unicode.IsSpace(r) || r == '\uFEFF':
			s.at += size
		case strings.HasPrefix(rest, "//"):
			s.skipLine()
		case strings.HasPrefix(rest, "/*"):
			s.skipPast(2, "*/")
		default:
			s.token(r)
			return true
		}
	}
	return false
}

func (s *jsScanner) token(r rune) {
	start := s.at
	switch {
	case isWordRune(r):
		s.skipWord()
		s.word = s.code[start:s.at]
		s.last = s.word
		if s.before == "." || s.before == "?." {
			s.last = "name" // x.return is no keyword
		}
	case r == '"' || r == '\'':
		s.skipString(byte(r))
		s.last = `""`
	case r == '`':
		s.at++
		s.template()
	case r == '/' && s.regexMayStart():
		s.skipRegex()
		s.last = `""`
	case strings.ContainsRune("([{", r):
		s.push(byte(r))
	case strings.ContainsRune(")]}", r):
		s.pop(byte(r))
	default:
		s.punctuator()
	}
}

// push opens a bracket and remembers what its end will mean for a slash behind it.
func (s *jsScanner) push(kind byte) {
	operand := true
	switch kind {
	case '(': // if (x) /re/ against f(x) / 2
		operand = s.last != "if" && s.last != "while" && s.last != "for" && s.last != "with"
	case '{': // a block against an object
		operand = s.operatorBefore() && s.last != "=>"
	}
	s.open = append(s.open, bracket{kind, operand})
	s.last = string(kind)
	s.at++
}

func (s *jsScanner) pop(kind byte) {
	s.at++
	s.last = string(kind)
	if len(s.open) == 0 {
		s.closed = bracket{}
		return
	}
	s.closed = s.open[len(s.open)-1]
	s.open = s.open[:len(s.open)-1]
	if s.closed.kind == '$' && kind == '}' {
		s.template()
	}
}

// template skips the text of a template up to its end, or up to a ${ whose expression is read as tokens.
func (s *jsScanner) template() {
	for s.at < len(s.code) {
		switch c := s.code[s.at]; {
		case c == '\\':
			s.at = min(s.at+2, len(s.code))
		case c == '`':
			s.at++
			s.last = `""`
			return
		case strings.HasPrefix(s.code[s.at:], "${"):
			s.at += 2
			s.open = append(s.open, bracket{kind: '$'})
			s.last = "("
			return
		default:
			s.at++
		}
	}
}

// punctuator reads the operators that matter as one token, and all others byte by byte.
func (s *jsScanner) punctuator() {
	for _, p := range []string{"...", "?.", "=>", "++", "--"} {
		// a?.5:b is a conditional, not a chain.
		if strings.HasPrefix(s.code[s.at:], p) && !(p == "?." && s.at+2 < len(s.code) && isDigitByte(s.code[s.at+2])) {
			s.last = p
			s.at += len(p)
			return
		}
	}
	_, size := utf8.DecodeRuneInString(s.code[s.at:])
	s.last = s.code[s.at : s.at+size]
	s.at += size
}

// regexMayStart reports whether a slash here begins a regular expression rather than divides.
func (s *jsScanner) regexMayStart() bool {
	switch s.last {
	case ")", "]", "}":
		return !s.closed.operand
	}
	return s.operatorBefore() || s.last == "" || s.last == ";" || s.last == "{"
}

// valueWords are keywords that a value follows.
var valueWords = map[string]bool{
	"return": true, "typeof": true, "instanceof": true, "in": true, "of": true, "new": true, "delete": true, "void": true,
	"throw": true, "case": true, "do": true, "else": true, "yield": true, "await": true, "default": true, "extends": true,
}

// operatorBefore reports whether the last token asks for a value, as an operator does.
func (s *jsScanner) operatorBefore() bool {
	switch s.last {
	case "", ";", "{", "}", ")", "]", `""`, "++", "--":
		return false
	case "else", "do":
		return s.at < len(s.code) && s.code[s.at] == '/'
	}
	if r, _ := utf8.DecodeRuneInString(s.last); isWordRune(r) {
		return valueWords[s.last]
	}
	return true
}

// startsMeta reports whether ".meta" follows.
func (s *jsScanner) startsMeta() bool {
	ahead := jsScanner{code: s.code, at: s.at}
	return ahead.next() && ahead.last == "." && ahead.next() && ahead.word == "meta"
}

// followedBy reports whether the next token begins with one of these characters, or there is none.
func (s *jsScanner) followedBy(characters string) bool {
	ahead := jsScanner{code: s.code, at: s.at, last: s.last}
	return !ahead.next() || strings.ContainsAny(ahead.last[:min(1, len(ahead.last))], characters)
}

func (s *jsScanner) skipWord() {
	for s.at < len(s.code) {
		r, size := utf8.DecodeRuneInString(s.code[s.at:])
		if !isWordRune(r) {
			return
		}
		s.at += size
	}
}

func (s *jsScanner) skipString(quote byte) {
	for s.at++; s.at < len(s.code); s.at++ {
		switch s.code[s.at] {
		case '\\':
			s.at++
		case quote, '\n': // a string that does not end on its line is an error, which Node.js reports
			s.at++
			return
		}
	}
	s.at = len(s.code)
}

func (s *jsScanner) skipRegex() {
	class := false
	for s.at++; s.at < len(s.code); s.at++ {
		switch c := s.code[s.at]; {
		case c == '\\':
			s.at++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			s.at++
			s.skipWord() // flags
			return
		case c == '\n':
			return
		}
	}
	s.at = len(s.code)
}

func (s *jsScanner) skipLine() {
	if end := strings.IndexAny(s.code[s.at:], "\n\r\u2028\u2029"); end >= 0 {
		s.at += end
		return
	}
	s.at = len(s.code)
}

func (s *jsScanner) skipPast(from int, mark string) {
	if end := strings.Index(s.code[s.at+from:], mark); end >= 0 {
		s.at += from + end + len(mark)
		return
	}
	s.at = len(s.code)
}

func isWordRune(r rune) bool {
	return r == '_' || r == '$' || r == '#' || r == '@' || r == '\\' || unicode.IsLetter(r) || unicode.IsDigit(r) ||
		unicode.Is(unicode.Mn, r) || r == '\u200c' || r == '\u200d'
}

func isDigitByte(c byte) bool { return '0' <= c && c <= '9' }
