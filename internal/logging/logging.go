// Package logging builds the program's zap logger.
package logging

import (
	"errors"
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

const (
	// bufferSize and flushEvery bound what waits to be written: entries below warn are gathered, because a
	// system call for each request would cost a good part of the request.
	bufferSize = 256 << 10
	flushEvery = 100 * time.Millisecond
)

// New returns a logger that writes to out, one line for each entry. Writes are
// serialised, so out need not be safe for concurrent use. Times are RFC 3339 in
// UTC with milliseconds; durations are in seconds. Entries from warn on are written at once with all
// before them, others within 100 ms. The caller calls close at the end, which writes the rest.
func New(out io.Writer, o Options) (log *zap.Logger, close func() error, err error) {
	level, err := parseLevel(o.Level)
	if err != nil {
		return nil, nil, err
	}
	encoder, err := newEncoder(o.Format)
	if err != nil {
		return nil, nil, err
	}
	sink := &zapcore.BufferedWriteSyncer{WS: unsynced{out}, Size: bufferSize, FlushInterval: flushEvery}
	core := promptCore{zapcore.NewCore(encoder, sink, level)}
	// The logger's own failures go to the same place: there is no other.
	return zap.New(core, zap.ErrorOutput(sink)), sink.Stop, nil
}

// unsynced is out without a wish to reach a disk: a log is a stream for somebody else to keep.
type unsynced struct{ io.Writer }

func (unsynced) Sync() error { return nil }

// promptCore writes entries from warn on without delay.
type promptCore struct{ zapcore.Core }

func (c promptCore) With(fields []zapcore.Field) zapcore.Core { return promptCore{c.Core.With(fields)} }

func (c promptCore) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(entry.Level) {
		return checked.AddCore(entry, c)
	}
	return checked
}

func (c promptCore) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	err := c.Core.Write(entry, fields)
	if entry.Level >= zapcore.WarnLevel {
		err = errors.Join(err, c.Sync())
	}
	return err
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
