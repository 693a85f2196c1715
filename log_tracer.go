package pgadapt

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"
	"unicode/utf8"
)

// LogOptions says what the Tracer of [NewLogTracer] logs, and how. Its zero value logs everything but notices, without
// arguments, at levels at which a logger that shows Info and above tells of failures only.
type LogOptions struct {
	// SlowQuery is how long an operation may take before it is logged at SlowLevel. What counts is the time of waiting
	// for the server: not what the program does between two rows. Zero means that nothing is slow.
	SlowQuery time.Duration
	// Level is that of operations that are neither slow nor have failed. Nil means slog.LevelDebug.
	Level slog.Leveler
	// SlowLevel is that of slow operations. Nil means slog.LevelWarn.
	SlowLevel slog.Leveler
	// ErrorLevel is that of operations that have failed. Nil means slog.LevelError.
	ErrorLevel slog.Leveler
	// Arguments has the arguments of statements logged, the first 64 bytes of each. They may be secrets: without it
	// their number is logged.
	Arguments bool
	// Notices has the server's notices logged: warnings as slog.LevelWarn, debugging ones as slog.LevelDebug, and all
	// others as slog.LevelInfo.
	Notices bool
	// Filter, when set, decides which operations are logged. It is asked at their end.
	Filter func(*Operation) bool
}

// NewLogTracer gives a Tracer that logs each operation at its end, a query and its rows together. The texts of
// statements are logged as the program has written them, with the literals in them.
//
//	config.Tracer = pgadapt.NewLogTracer(slog.Default(), pgadapt.LogOptions{SlowQuery: 200 * time.Millisecond})
func NewLogTracer(logger *slog.Logger, options LogOptions) Tracer {
	options.Level = orLevel(options.Level, slog.LevelDebug)
	options.SlowLevel = orLevel(options.SlowLevel, slog.LevelWarn)
	options.ErrorLevel = orLevel(options.ErrorLevel, slog.LevelError)
	return &logTracer{logger: logger, options: options}
}

func orLevel(leveler slog.Leveler, level slog.Level) slog.Leveler {
	if leveler == nil {
		return level
	}
	return leveler
}

type logTracer struct {
	logger  *slog.Logger
	options LogOptions
}

func (t *logTracer) TraceStart(ctx context.Context, _ *Operation) context.Context { return ctx }

func (t *logTracer) TraceEnd(ctx context.Context, operation *Operation) {
	level := t.level(operation)
	if !t.wants(operation) || !t.logger.Enabled(ctx, level) {
		return
	}
	if notice := operation.Notice; notice != nil {
		t.logger.LogAttrs(ctx, level, "pgadapt: "+notice.Severity+": "+notice.Message, sessionAttrs(operation)...)
		return
	}
	t.logger.LogAttrs(ctx, level, "pgadapt: "+string(operation.Kind), t.attrs(operation)...)
}

func (t *logTracer) wants(operation *Operation) bool {
	switch {
	case operation.Kind == OperationNotice && !t.options.Notices:
		return false
	case operation.Kind == OperationQuery && operation.Err == nil:
		return false // its rows tell of it
	}
	return t.options.Filter == nil || t.options.Filter(operation)
}

func (t *logTracer) level(operation *Operation) slog.Level {
	switch {
	case operation.Notice != nil:
		return levelOfNotice(cmp.Or(operation.Notice.SeverityUnlocalized, operation.Notice.Severity))
	case operation.Err != nil:
		return t.options.ErrorLevel.Level()
	case t.options.SlowQuery > 0 && waited(operation) >= t.options.SlowQuery:
		return t.options.SlowLevel.Level()
	}
	return t.options.Level.Level()
}

// waited is how long the program has waited for the server.
func waited(operation *Operation) time.Duration {
	if operation.Kind == OperationRows {
		return operation.Opening + operation.Waiting
	}
	return operation.Duration
}

func levelOfNotice(severity string) slog.Level {
	switch severity {
	case "WARNING":
		return slog.LevelWarn
	case "DEBUG":
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

func (t *logTracer) attrs(operation *Operation) []slog.Attr {
	attrs := []slog.Attr{slog.Duration("duration", waited(operation))}
	if operation.Query != "" {
		attrs = append(attrs, slog.String("query", operation.Query))
	}
	if operation.ArgumentCount > 0 {
		attrs = append(attrs, t.arguments(operation))
	}
	if operation.CommandTag != "" {
		attrs = append(attrs, slog.String("tag", operation.CommandTag))
	}
	if operation.Kind == OperationRows {
		attrs = append(attrs, slog.Int64("rows", operation.Rows), slog.Duration("decoding", operation.Decoding))
	}
	if operation.Notification != nil {
		attrs = append(attrs, slog.String("channel", operation.Notification.Channel))
	}
	if operation.Err != nil {
		attrs = append(attrs, slog.Any("error", operation.Err))
	}
	return append(attrs, sessionAttrs(operation)...)
}

func sessionAttrs(operation *Operation) []slog.Attr {
	return []slog.Attr{
		slog.String("host", operation.Host), slog.String("database", operation.Database),
		slog.Uint64("pid", uint64(operation.BackendPID)),
	}
}

func (t *logTracer) arguments(operation *Operation) slog.Attr {
	if !t.options.Arguments {
		return slog.Int("arguments", operation.ArgumentCount)
	}
	var values []any
	for _, argument := range operation.Arguments() {
		values = append(values, shortened(argument.Value))
	}
	return slog.Any("arguments", values)
}

// maxLoggedArgument is the number of bytes of an argument that are logged.
const maxLoggedArgument = 64

// shortened gives the beginning of what would be long in a log.
func shortened(value any) any {
	switch value := value.(type) {
	case string:
		if len(value) > maxLoggedArgument {
			end := maxLoggedArgument
			for !utf8.RuneStart(value[end]) {
				end--
			}
			return fmt.Sprintf("%s… (%d bytes)", value[:end], len(value))
		}
	case []byte:
		if len(value) > maxLoggedArgument {
			return fmt.Sprintf("\\x%x… (%d bytes)", value[:maxLoggedArgument], len(value))
		}
		return fmt.Sprintf("\\x%x", value)
	}
	return value
}
