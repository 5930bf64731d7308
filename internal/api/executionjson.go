package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"github.com/voltrun/voltrun"
)

// appendExecution appends what encoding/json makes of executionOf(e), without reflection: it is the
// answer of the hot path. A test holds the two together.
func appendExecution(dst []byte, e *voltrun.Execution) []byte {
	dst = appendText(append(dst, `{"id":`...), e.ID)
	dst = appendText(append(dst, `,"function_id":`...), e.FunctionID)
	dst = appendText(append(dst, `,"function_name":`...), e.FunctionName)
	dst = strconv.AppendInt(append(dst, `,"version":`...), int64(e.Version), 10)
	dst = appendText(append(dst, `,"status":`...), string(e.Status))
	dst = appendText(append(dst, `,"trigger":`...), string(e.Trigger))
	dst = strconv.AppendInt(append(dst, `,"attempt":`...), int64(e.Attempt), 10)
	dst = appendOptional(append(dst, `,"start":`...), string(e.Start))
	dst = appendError(append(dst, `,"error":`...), e.Error)
	dst = strconv.AppendInt(append(dst, `,"logs_truncated_bytes":`...), e.LogsTruncatedBytes, 10)
	dst = append(dst, `,"exit_code":`...)
	if e.ExitCode == nil {
		dst = append(dst, "null"...)
	} else {
		dst = strconv.AppendInt(dst, int64(*e.ExitCode), 10)
	}
	dst = append(dst, `,"memory_peak_bytes":`...)
	if e.MemoryPeakBytes <= 0 {
		dst = append(dst, "null"...)
	} else {
		dst = strconv.AppendInt(dst, e.MemoryPeakBytes, 10)
	}
	dst = appendStamp(append(dst, `,"created_at":`...), &e.CreatedAt)
	dst = appendStamp(append(dst, `,"started_at":`...), e.StartedAt)
	dst = appendStamp(append(dst, `,"finished_at":`...), e.FinishedAt)
	dst = appendMilliseconds(append(dst, `,"duration_ms":`...), e.Duration)
	dst = appendPhases(append(dst, `,"phases":`...), e.Phases)
	dst = appendOptional(append(dst, `,"replay_of":`...), e.ReplayOf)
	dst = appendOptional(append(dst, `,"request_id":`...), e.RequestID)
	dst = appendDocument(append(dst, `,"input":`...), e.Input)
	dst = appendDocument(append(dst, `,"output":`...), e.Output)
	dst = appendText(append(dst, `,"logs":`...), e.Logs)
	return append(dst, '}')
}

func appendPhases(dst []byte, phases []voltrun.Phase) []byte {
	dst = append(dst, '[')
	for i, p := range phases {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(append(dst, `{"name":`...), p.Name)
		dst = append(appendMilliseconds(append(dst, `,"ms":`...), p.Duration), '}')
	}
	return append(dst, ']')
}

func appendError(dst []byte, e *voltrun.ExecutionError) []byte {
	if e == nil {
		return append(dst, "null"...)
	}
	dst = appendText(append(dst, `{"type":`...), e.Type)
	dst = appendText(append(dst, `,"message":`...), e.Message)
	dst = append(dst, `,"stack":[`...)
	for i, line := range e.Stack {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(dst, line)
	}
	return append(dst, "]}"...)
}

// appendText appends a JSON string; plain text, which is nearly all there is, goes in as it is.
func appendText(dst []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
		if b := text[i]; b < ' ' || b > '~' || b == '"' || b == '\\' {
			return append(dst, encoded(text)...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, text...)
	return append(dst, '"')
}

func appendOptional(dst []byte, text string) []byte {
	if text == "" {
		return append(dst, "null"...)
	}
	return appendText(dst, text)
}

// appendDocument appends a valid JSON document without the space between its parts.
func appendDocument(dst []byte, document json.RawMessage) []byte {
	if document == nil {
		return append(dst, "null"...)
	}
	inString := false
	for i := 0; i < len(document); i++ {
		switch b := document[i]; {
		case b == 0xe2: // may begin U+2028 or U+2029, which are escaped
			return append(dst, encoded(document)...)
		case b == '"':
			inString = !inString
		case b == '\\':
			i++
		case !inString && (b == ' ' || b == '\t' || b == '\r' || b == '\n'):
			return append(dst, encoded(document)...)
		}
	}
	return append(dst, document...)
}

func appendStamp(dst []byte, t *time.Time) []byte {
	if t == nil {
		return append(dst, "null"...)
	}
	return append(t.UTC().AppendFormat(append(dst, '"'), stampLayout), '"')
}

func appendMilliseconds(dst []byte, d time.Duration) []byte {
	return strconv.AppendFloat(dst, milliseconds(d), 'f', -1, 64)
}

// encoded is v as encoding/json writes it into answers. v is a text or a document that is JSON: nothing that can fail.
func encoded(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return []byte("null")
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
