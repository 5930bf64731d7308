package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"
)

// The only escape sequences volt itself writes. All others in text that goes to a
// terminal came from a function or a server, and are made visible instead of obeyed.
const (
	reset  = "\x1b[0m"
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	cyan   = "\x1b[36m"
)

var palette = []string{reset, bold, dim, red, green, yellow, cyan}

// screen is a writer that neutralises control characters when it ends at a terminal,
// and passes everything through otherwise. Filtering where everything passes means that no caller can forget it.
type screen struct {
	mu       sync.Mutex
	w        io.Writer
	terminal bool
	colour   bool
}

func newScreen(w io.Writer, getenv func(string) string) *screen {
	terminal := isTerminal(w)
	colour := terminal && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
	return &screen{w: w, terminal: terminal, colour: colour}
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.terminal {
		return s.w.Write(p)
	}
	if _, err := io.WriteString(s.w, neutralise(string(p), s.colour)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// style wraps text in a colour, if colours are on.
func (s *screen) style(colour, text string) string {
	if !s.colour || text == "" {
		return text
	}
	return colour + text + reset
}

// neutralise makes control characters, and those that reorder text, visible. With
// colour, the sequences of the palette stay.
func neutralise(text string, colour bool) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		if colour && text[i] == '\x1b' {
			if sequence := paletteAt(text[i:]); sequence != "" {
				out.WriteString(sequence)
				i += len(sequence)
				continue
			}
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\n' || r == '\t':
			out.WriteRune(r)
		case r == '\r' && strings.HasPrefix(text[i+size:], "\n"): // a Windows line end
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&out, `\x%02x`, r)
		case r >= 0x80 && r < 0xa0, reorders(r):
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteRune(r) // invalid bytes become U+FFFD
		}
		i += size
	}
	return out.String()
}

func paletteAt(text string) string {
	for _, sequence := range palette {
		if strings.HasPrefix(text, sequence) {
			return sequence
		}
	}
	return ""
}

// reorders reports whether r changes the direction of text, which can make it read as something else.
func reorders(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029
}

// table prints aligned columns; the first row is the head.
func (s *session) table(rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			row[i] = oneLine(cell)
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(row[i]))
		}
	}
	for n, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-width(cell)+2))
			}
		}
		text := strings.TrimRight(line.String(), " ")
		if n == 0 {
			text = s.out.style(bold, text)
		}
		s.printf("%s\n", text)
	}
}

// width is the number of characters of a cell, without colours.
func width(cell string) int {
	for _, sequence := range palette {
		cell = strings.ReplaceAll(cell, sequence, "")
	}
	return utf8.RuneCountInString(cell)
}

// oneLine keeps a cell on its row.
func oneLine(cell string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, cell)
}
