package control

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/voltrun/voltrun"
)

const (
	maxEmailBytes   = 254 // RFC 5321, 4.5.3.1.3, less the angle brackets
	maxUserName     = 100
	maxKeyNameChars = 64
)

// normalEmail returns the form in which addresses are compared, or what is wrong with it.
func normalEmail(email string) (normal, problem string) {
	email = strings.ToLower(strings.TrimSpace(email))
	if len(email) > maxEmailBytes {
		return "", fmt.Sprintf("must be at most %d bytes long", maxEmailBytes)
	}
	address, err := mail.ParseAddress(email)
	if err != nil || address.Address != email || !utf8.ValidString(email) || strings.ContainsFunc(email, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}) {
		return "", "must be an e-mail address such as ann@example.com"
	}
	return email, ""
}

func normalName(name string) (normal, problem string) {
	name = strings.TrimSpace(name)
	return name, lineProblem(name, maxUserName)
}

// lineProblem says why text is not one line of at most maxChars, or "".
func lineProblem(text string, maxChars int) string {
	if utf8.RuneCountInString(text) > maxChars {
		return fmt.Sprintf("must be at most %d characters long", maxChars)
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return "must be one line of text"
	}
	return ""
}

// cleanText makes a header that a stranger sent fit for the record: what is recorded is a description, not data.
func cleanText(text string, maxChars int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if runes := []rune(text); len(runes) > maxChars {
		text = string(runes[:maxChars-1]) + "…"
	}
	return text
}

// located takes pairs of location and problem and keeps those with a problem.
func located(pairs ...string) []voltrun.FieldError {
	var fields []voltrun.FieldError
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fields = append(fields, voltrun.FieldError{Location: pairs[i], Message: pairs[i+1]})
		}
	}
	return fields
}
