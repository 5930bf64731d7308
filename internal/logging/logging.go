// Package logging builds the program's zap logger.
package logging

import (
	"fmt"
	"io"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// Options of a logger.
type Options struct {
	Level  string // "debug", "info", "warn" or "error"; "": info
	Format string // "json" or "console"; "": json
}

// New returns a logger that writes to out, one line for each entry. Writes are
// serialised, so out need not be safe for concurrent use. Times are RFC 3339 in
// UTC with milliseconds; durations are in seconds.
func New(out io.Writer, o Options) (*zap.Logger, error) {
	level, err := parseLevel(o.Level)
	if err != nil {
		return nil, err
	}
	encoder, err := newEncoder(o.Format)
	if err != nil {
		return nil, err
	}
	sink := zapcore.Lock(zapcore.AddSync(out))
	// The logger's own failures go to the same place: there is no other.
	return zap.New(zapcore.NewCore(encoder, sink, level), zap.ErrorOutput(sink)), nil
}

func parseLevel(name string) (zapcore.Level, error) {
	switch strings.ToLower(name) {
	case "debug":
		return zapcore.DebugLevel, nil
	case "", "info":
		return zapcore.InfoLevel, nil
	case "warn":
		return zapcore.WarnLevel, nil
	case "error":
		return zapcore.ErrorLevel, nil
	}
	return 0, fmt.Errorf("log level %q is not known; use debug, info, warn or error", name)
}

func newEncoder(format string) (zapcore.Encoder, error) {
	config := zapcore.EncoderConfig{
		TimeKey: "time", LevelKey: "level", NameKey: "logger", MessageKey: "message", StacktraceKey: "stack",
		LineEnding:     zapcore.DefaultLineEnding,
		EncodeTime:     encodeTime,
		EncodeLevel:    zapcore.LowercaseLevelEncoder,
		EncodeDuration: zapcore.SecondsDurationEncoder,
	}
	switch strings.ToLower(format) {
	case "", "json":
		return zapcore.NewJSONEncoder(config), nil
	case "console":
		config.EncodeDuration = zapcore.StringDurationEncoder
		return zapcore.NewConsoleEncoder(config), nil
	}
	return nil, fmt.Errorf("log format %q is not known; use json or console", format)
}

func encodeTime(t time.Time, e zapcore.PrimitiveArrayEncoder) {
	e.AppendString(t.UTC().Format("2006-01-02T15:04:05.000Z07:00"))
}
