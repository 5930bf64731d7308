package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/voltrun/voltrun"
)

// maxDepth is how deep arrays and objects of a body may nest.
const maxDepth = 100

// checkJSON refuses a body that is not one JSON document in UTF-8, is nested too
// deep, or is an object that names a member twice.
func checkJSON(body []byte) error {
	if !utf8.Valid(body) {
		return malformed("body", "the body is not valid UTF-8")
	}
	if depth(body) > maxDepth {
		return malformed("body", fmt.Sprintf("the body nests deeper than %d levels", maxDepth))
	}
	if !json.Valid(body) {
		return malformed("body", syntaxMessage(body))
	}
	if document := bytes.TrimLeft(body, jsonSpace); document[0] != '{' {
		return nil // the operation's schema says what else it may be
	}
	_, err := members(body)
	return err
}

const jsonSpace = " \t\r\n"

// depth is how deep brackets nest, strings left out. It needs no valid JSON,
// so that it can run before anything recursive does.
func depth(body []byte) int {
	deepest, now, inString := 0, 0, false
	for i := 0; i < len(body); i++ {
		switch b := body[i]; {
		case inString:
			if b == '\\' {
				i++
			} else if b == '"' {
				inString = false
			}
		case b == '"':
			inString = true
		case b == '{' || b == '[':
			if now++; now > deepest {
				deepest = now
			}
		case b == '}' || b == ']':
			now--
		}
	}
	return deepest
}

// syntaxMessage says where the JSON breaks.
func syntaxMessage(body []byte) string {
	var discard json.RawMessage
	err := json.Unmarshal(body, &discard)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("the body is not valid JSON: %s at byte %d", syntax.Error(), syntax.Offset)
	}
	return "the body is not valid JSON"
}

// member is one name and value of an object; value aliases the body.
type member struct {
	name  string
	value []byte
}

// members splits a valid JSON object into its members, and refuses a name that comes twice:
// two readers of the same body could otherwise see different values.
func members(body []byte) ([]member, error) {
	rest := bytes.Trim(body, jsonSpace)
	if len(rest) == 0 || rest[0] != '{' {
		return nil, malformed("body", "the body must be a JSON object")
	}
	var list []member
	seen := map[string]bool{}
	rest = bytes.TrimLeft(rest[1:], jsonSpace)
	for rest[0] != '}' {
		end := valueEnd(rest)
		var name string
		if err := json.Unmarshal(rest[:end], &name); err != nil {
			return nil, malformed("body", "the body is not valid JSON")
		}
		if seen[name] {
			return nil, malformed("body."+name, "this member is given more than once")
		}
		seen[name] = true
		rest = bytes.TrimLeft(rest[end:], jsonSpace)
		rest = bytes.TrimLeft(rest[1:], jsonSpace) // the colon
		end = valueEnd(rest)
		list = append(list, member{name, rest[:end]})
		rest = bytes.TrimLeft(rest[end:], jsonSpace)
		if rest[0] == ',' {
			rest = bytes.TrimLeft(rest[1:], jsonSpace)
		}
	}
	return list, nil
}

// valueEnd is the length of the value at the start of valid JSON.
func valueEnd(b []byte) int {
	level, inString := 0, false
	for i := 0; i < len(b); i++ {
		switch x := b[i]; {
		case inString:
			if x == '\\' {
				i++
			} else if x == '"' {
				inString = false
				if level == 0 {
					return i + 1
				}
			}
		case x == '"':
			inString = true
		case x == '{' || x == '[':
			level++
		case x == '}' || x == ']':
			if level == 0 {
				return i
			}
			if level--; level == 0 {
				return i + 1
			}
		case level == 0 && (x == ',' || bytes.IndexByte([]byte(jsonSpace), x) >= 0):
			return i
		}
	}
	return len(b)
}

// executeBody is the body of POST …/execute.
type executeBody struct {
	input   []byte // a copy, as JSON
	version int    // 0: the active one
}

var jsonNull = []byte("null")

// decodeExecute reads the body of POST …/execute. An empty body, and one without input, means null.
func decodeExecute(body []byte) (executeBody, error) {
	if len(bytes.Trim(body, jsonSpace)) == 0 {
		return executeBody{input: jsonNull}, nil
	}
	if !utf8.Valid(body) {
		return executeBody{}, malformed("body", "the body is not valid UTF-8")
	}
	if depth(body) > maxDepth+1 { // the input itself may use all of maxDepth
		return executeBody{}, malformed("body", fmt.Sprintf("the input nests deeper than %d levels", maxDepth))
	}
	if !json.Valid(body) {
		return executeBody{}, malformed("body", syntaxMessage(body))
	}
	list, err := members(body)
	if err != nil {
		return executeBody{}, err
	}
	request := executeBody{input: jsonNull}
	var wrong []voltrun.FieldError
	for _, m := range list {
		switch m.name {
		case "input":
			if len(m.value) > voltrun.MaxInputBytes {
				return executeBody{}, &voltrun.Error{Code: voltrun.CodeTooLarge, Message: fmt.Sprintf(
					"the input has %d bytes; at most %d are accepted", len(m.value), voltrun.MaxInputBytes)}
			}
			request.input = bytes.Clone(m.value)
		case "version":
			if bytes.Equal(m.value, jsonNull) {
				break
			}
			n, err := strconv.Atoi(string(m.value))
			if err != nil || n < 1 {
				wrong = append(wrong, voltrun.FieldError{Location: "body.version", Message: "must be the number of a version, from 1"})
				break
			}
			request.version = n
		default:
			wrong = append(wrong, voltrun.FieldError{Location: "body." + m.name, Message: "unexpected property"})
		}
	}
	return request, voltrun.Invalid(wrong)
}
