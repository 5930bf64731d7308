package storage

import (
	"bytes"
	"encoding/json"
	"iter"
	"strings"
	"time"
	"unicode/utf8"
)

// Columns hold times as Unix microseconds. They are read back in UTC, exact to the microsecond.

func micros(t time.Time) int64 { return t.UnixMicro() }

func timeOf(us int64) time.Time { return time.UnixMicro(us).UTC() }

// microsOrNull is the column of an optional time in a row of GORM's.
func microsOrNull(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	us := micros(*t)
	return &us
}

// timeValue is an optional time among the values of a statement.
func timeValue(t *time.Time) any {
	if t == nil {
		return nil
	}
	return micros(*t)
}

// intValue is an optional number among the values of a statement.
func intValue(n *int) any {
	if n == nil {
		return nil
	}
	return int64(*n)
}

func timeOrNil(us *int64) *time.Time {
	if us == nil {
		return nil
	}
	t := timeOf(*us)
	return &t
}

// bytesOrNull is the column of an optional JSON text. Empty is NULL as well: it is
// no JSON either, and the SQLite driver reads both as nil.
func bytesOrNull(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// encode is JSON without escaping what only matters inside HTML.
func encode(value any) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// fold is the form in which texts are searched. It is made here, not by the database, because the two
// disagree on what lower case is beyond ASCII.
func fold(text string) string { return strings.ToLower(readable(text)) }

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// containing is the LIKE pattern (with ESCAPE '\') of texts that contain query literally.
func containing(query string) string { return "%" + likeEscaper.Replace(fold(query)) + "%" }

// placeholders is "?, ?, …".
func placeholders(n int) string {
	if n == 0 {
		return ""
	}
	return strings.Repeat("?, ", n-1) + "?"
}

// tuples is "(?, …), (?, …), …": rows of columns each.
func tuples(rows, columns int) string {
	tuple := "(" + placeholders(columns) + ")"
	return strings.Repeat(tuple+", ", rows-1) + tuple
}

// One statement takes up to exactChunk rows, or maxChunk at once: more are hardly cheaper by the row, and batches
// of every size are made of so few different statements that a connection can keep them prepared.
const (
	exactChunk = 16
	maxChunk   = 32
)

// chunkSize is how many of n rows the next statement takes.
func chunkSize(n int) int {
	if n >= maxChunk {
		return maxChunk
	}
	return min(n, exactChunk)
}

// typedTuples is tuples whose first row names the type of every column.
func typedTuples(types []string, rows int) string {
	var first strings.Builder
	for i, t := range types {
		if i > 0 {
			first.WriteString(", ")
		}
		// The space keeps GORM from taking bytes behind a parenthesis for a list of numbers.
		first.WriteString("CAST( ? AS " + t + ")")
	}
	if rows == 1 {
		return "(" + first.String() + ")"
	}
	return "(" + first.String() + "), " + tuples(rows-1, len(types))
}

// chunks yields rows in pieces of chunkSize.
func chunks[T any](rows []T) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for len(rows) > 0 {
			n := chunkSize(len(rows))
			if !yield(rows[:n]) {
				return
			}
			rows = rows[n:]
		}
	}
}

// valueChunks yields the values of rows of width columns each in pieces of chunkSize rows.
func valueChunks(values []any, width int) iter.Seq2[int, []any] {
	return func(yield func(int, []any) bool) {
		for len(values) > 0 {
			rows := chunkSize(len(values) / width)
			if !yield(rows, values[:rows*width]) {
				return
			}
			values = values[rows*width:]
		}
	}
}

// mapped is the list of what convert makes of each.
func mapped[A, B any](list []A, convert func(A) B) []B {
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = convert(a)
	}
	return out
}

// readable replaces what a text column of PostgreSQL cannot hold.
func readable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, string(utf8.RuneError)), "\x00", string(utf8.RuneError))
}
