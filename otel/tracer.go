package otel

import (
	"context"
	"errors"
	"fmt"
	"time"

	api "go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

// scope names the instrumentation.
const scope = "github.com/pgadapt/pgadapt/otel"

// Options says where spans and measurements go, and what they tell. The zero value uses OpenTelemetry's global
// providers.
type Options struct {
	// TracerProvider takes the spans. Nil means the global one.
	TracerProvider trace.TracerProvider
	// MeterProvider takes the measurements. Nil means the global one.
	MeterProvider metric.MeterProvider
	// Constants keeps the constants in the texts of statements without arguments. They may be secrets.
	Constants bool
	// Attributes are added to every span and measurement.
	Attributes []attribute.KeyValue
}

// NewTracer gives a Tracer for Config.Tracer. The error is that of the MeterProvider, which does not take the histogram.
func NewTracer(options Options) (pgadapt.Tracer, error) {
	if options.TracerProvider == nil {
		options.TracerProvider = api.GetTracerProvider()
	}
	if options.MeterProvider == nil {
		options.MeterProvider = api.GetMeterProvider()
	}
	meter := options.MeterProvider.Meter(scope, metric.WithSchemaURL(semconv.SchemaURL))
	durations, err := meter.Float64Histogram("db.client.operation.duration",
		metric.WithDescription("Duration of database client operations."), metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10))
	if err != nil {
		return nil, fmt.Errorf("otel: %w", err)
	}
	return &tracer{
		options:   options,
		spans:     options.TracerProvider.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL)),
		durations: durations,
	}, nil
}

type tracer struct {
	options   Options
	spans     trace.Tracer
	durations metric.Float64Histogram
}

// TraceStart starts the span of an operation. Rows go on in the span of their query.
func (t *tracer) TraceStart(ctx context.Context, operation *pgadapt.Operation) context.Context {
	if isArrival(operation) || operation.Kind == pgadapt.OperationRows {
		return ctx
	}
	attributes := t.common(operation)
	if text := t.text(operation); text != "" {
		attributes = append(attributes, semconv.DBQueryText(text))
	}
	ctx, _ = t.spans.Start(ctx, spanName(operation), trace.WithSpanKind(trace.SpanKindClient),
		trace.WithTimestamp(operation.Started), trace.WithAttributes(attributes...))
	return ctx
}

// TraceEnd ends the span, except that of a query whose rows are to come.
func (t *tracer) TraceEnd(ctx context.Context, operation *pgadapt.Operation) {
	if isArrival(operation) || operation.Kind == pgadapt.OperationQuery && operation.Err == nil {
		return
	}
	span := trace.SpanFromContext(ctx)
	failure := failureAttributes(operation.Err)
	span.SetAttributes(failure...)
	if operation.Kind == pgadapt.OperationRows {
		span.SetAttributes(semconv.DBResponseReturnedRows(int(operation.Rows)))
	}
	if operation.BatchSize > 1 { // a batch of one is none
		span.SetAttributes(semconv.DBOperationBatchSize(operation.BatchSize))
	}
	if operation.Kind == pgadapt.OperationConnect { // where it was found
		span.SetAttributes(server(operation)...)
	}
	if operation.Err != nil {
		span.SetStatus(codes.Error, operation.Err.Error())
	}
	span.End()
	if measured(operation) {
		t.durations.Record(ctx, waited(operation).Seconds(),
			metric.WithAttributes(append(t.common(operation), failure...)...))
	}
}

func isArrival(operation *pgadapt.Operation) bool {
	return operation.Kind == pgadapt.OperationNotification || operation.Kind == pgadapt.OperationNotice
}

// measured reports whether an operation counts as one of the client. A Prepare is a part of another.
func measured(operation *pgadapt.Operation) bool {
	return operation.Kind != pgadapt.OperationConnect && operation.Kind != pgadapt.OperationPrepare
}

// waited is how long the program has waited for the server.
func waited(operation *pgadapt.Operation) time.Duration {
	if operation.Kind == pgadapt.OperationRows {
		return operation.Opening + operation.Waiting
	}
	return operation.Duration
}

func (t *tracer) text(operation *pgadapt.Operation) string {
	if t.options.Constants || operation.ArgumentCount > 0 {
		return operation.Query
	}
	return withoutConstants(operation.Query)
}

// operationName gives db.operation.name: that of what has no text is the driver's own.
func operationName(operation *pgadapt.Operation) string {
	if operation.Kind == pgadapt.OperationPrepare {
		return "PREPARE"
	}
	word := firstWord(operation.Query)
	switch {
	case word == "":
		return string(operation.Kind)
	case operation.Kind == pgadapt.OperationBatch:
		return "BATCH " + word
	}
	return word
}

func spanName(operation *pgadapt.Operation) string {
	if operation.Database == "" {
		return operationName(operation)
	}
	return operationName(operation) + " " + operation.Database
}

// common gives the attributes of spans and measurements.
func (t *tracer) common(operation *pgadapt.Operation) []attribute.KeyValue {
	attributes := []attribute.KeyValue{semconv.DBSystemNamePostgreSQL, semconv.DBOperationName(operationName(operation))}
	if operation.Database != "" {
		attributes = append(attributes, semconv.DBNamespace(operation.Database))
	}
	return append(append(attributes, server(operation)...), t.options.Attributes...)
}

func server(operation *pgadapt.Operation) []attribute.KeyValue {
	attributes := []attribute.KeyValue{semconv.ServerAddress(operation.Host)}
	if operation.Port != 0 {
		attributes = append(attributes, semconv.ServerPort(int(operation.Port)))
	}
	return attributes
}

// failureAttributes says what kind of error it was; nothing for nil.
func failureAttributes(err error) []attribute.KeyValue {
	if err == nil {
		return nil
	}
	if code, ok := pgerr.Of(err); ok {
		return []attribute.KeyValue{
			semconv.DBResponseStatusCode(string(code)), semconv.ErrorTypeKey.String(string(code)),
		}
	}
	return []attribute.KeyValue{semconv.ErrorTypeKey.String(errorType(err))}
}

// errorType names an error that is not the server's.
func errorType(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "context.Canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "context.DeadlineExceeded"
	}
	return fmt.Sprintf("%T", innermost(err))
}

// innermost gives what the wrappers of an error are about.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
