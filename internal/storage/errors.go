package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"modernc.org/sqlite"

	"github.com/voltrun/voltrun"
)

// Result codes of SQLite (https://www.sqlite.org/rescode.html); the low byte is the primary one.
const (
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteReadOnly   = 8
	sqliteIOErr      = 10
	sqliteFull       = 13
	sqliteCantOpen   = 14
	sqlitePrimaryKey = 1555
	sqliteUnique     = 2067
)

// retryAfter is the advice to callers while the database does not answer.
const retryAfter = time.Second

// failure gives err the code that callers act on; doing says what was tried, such as "reading the execution".
// It returns nil for nil, and an error that carries a code already as it is.
func failure(doing string, err error) error {
	var known *voltrun.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.Is(err, sql.ErrNoRows), errors.Is(err, gorm.ErrRecordNotFound):
		return &voltrun.Error{Code: voltrun.CodeNotFound, Message: doing + ": there is no such thing", Err: err}
	case duplicate(err):
		return &voltrun.Error{Code: voltrun.CodeConflict, Message: doing + ": it exists already", Err: err}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &voltrun.Error{Code: voltrun.CodeUnavailable, Message: doing + " was given up: the call was canceled or ran out of time",
			RetryAfter: retryAfter, Err: err}
	case unavailable(err):
		return &voltrun.Error{Code: voltrun.CodeUnavailable, Message: doing + " failed: the database does not take it now; try again",
			RetryAfter: retryAfter, Err: err}
	case badText(err):
		return &voltrun.Error{Code: voltrun.CodeValidation, Message: doing + ": the text holds a NUL byte or is not UTF-8", Err: err}
	}
	return voltrun.Internal(doing, err)
}

// notFound is the answer for a thing that does not exist or is somebody else's.
func notFound(what string) error {
	return voltrun.Errorf(voltrun.CodeNotFound, "%s not found", what)
}

// oneOf replaces a bare "not found" or "exists already" by a message about the thing itself.
func oneOf(err error, code voltrun.Code, message string) error {
	if voltrun.CodeOf(err) == code {
		return &voltrun.Error{Code: code, Message: message, Err: err}
	}
	return err
}

func duplicate(err error) bool {
	if lite := (*sqlite.Error)(nil); errors.As(err, &lite) {
		return lite.Code() == sqlitePrimaryKey || lite.Code() == sqliteUnique
	}
	return postgresState(err) == "23505"
}

// lostRace reports whether the same transaction may well succeed when it is run again at once.
func lostRace(err error) bool {
	state := postgresState(err)
	return state == "40001" || state == "40P01"
}

func unavailable(err error) bool {
	if lite := (*sqlite.Error)(nil); errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqliteBusy, sqliteLocked, sqliteReadOnly, sqliteIOErr, sqliteFull, sqliteCantOpen:
			return true
		}
		return false
	}
	if state := postgresState(err); state != "" {
		// Connection, resources, intervention by an operator, a standby or read-only server, a lost race.
		for _, class := range []string{"08", "53", "57", "25006", "40", "55P03"} {
			if strings.HasPrefix(state, class) {
				return true
			}
		}
		return false
	}
	var connecting *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connecting) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// badText reports whether PostgreSQL refused a text for its bytes.
func badText(err error) bool {
	state := postgresState(err)
	return state == "22021" || state == "22P05"
}

func postgresState(err error) string {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

// plain reports whether text can be a stored name or id at all, which PostgreSQL would refuse to even compare otherwise.
func plain(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }
