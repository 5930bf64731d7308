package storage

import (
	"encoding/base64"
	"fmt"

	"github.com/voltrun/voltrun"
)

// A page token is the id of the last row seen, encoded: rows that come or go while somebody
// turns pages neither repeat nor hide others.

func pageToken(id string) string { return base64.RawURLEncoding.EncodeToString([]byte(id)) }

// cursor returns the size of the page asked for and the id to continue below; "" is the first page.
func cursor(page voltrun.PageRequest, prefix string) (size int, below string, err error) {
	size = page.Size
	if size == 0 {
		size = voltrun.DefaultPageSize
	}
	if size < 1 || size > voltrun.MaxPageSize {
		return 0, "", voltrun.Invalid([]voltrun.FieldError{{Location: "query.page_size",
			Message: fmt.Sprintf("must be between 1 and %d", voltrun.MaxPageSize)}})
	}
	if page.Token == "" {
		return size, "", nil
	}
	id, err := base64.RawURLEncoding.Strict().DecodeString(page.Token)
	if err != nil || !voltrun.ValidID(prefix, string(id)) {
		return 0, "", voltrun.Invalid([]voltrun.FieldError{{Location: "query.page_token",
			Message: "is not one that this list returned: start from the first page, without a token"}})
	}
	return size, string(id), nil
}

// paged cuts the row too many that was read to learn whether there is another page.
func paged[T any](rows []T, size int, id func(T) string) voltrun.Page[T] {
	if len(rows) <= size {
		return voltrun.Page[T]{Items: rows}
	}
	return voltrun.Page[T]{Items: rows[:size], NextToken: pageToken(id(rows[size-1]))}
}
