package otel_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	_ "github.com/pgadapt/pgadapt/internal/pgtest/docker"
	"github.com/pgadapt/pgadapt/otel"
	"github.com/pgadapt/pgadapt/pgerr"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// telemetry is a pool of one open session, and what its spans and measurements arrive in.
type telemetry struct {
	db     *sql.DB
	config *pgadapt.Config
	spans  *tracetest.InMemoryExporter
	tracer trace.Tracer
	reader *metric.ManualReader
}

func observe(t *testing.T, options otel.Options) *telemetry {
	t.Helper()
	o := &telemetry{spans: tracetest.NewInMemoryExporter(), reader: metric.NewManualReader()}
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(o.spans))
	options.TracerProvider, options.MeterProvider = provider, metric.NewMeterProvider(metric.WithReader(o.reader))
	o.tracer = provider.Tracer("the program")
	var err error
	o.config, err = pgadapt.ParseConfig(pgtest.DSN(t))
	require.NoError(t, err)
	o.config.Tracer, err = otel.NewTracer(options)
	require.NoError(t, err)
	o.db = sql.OpenDB(pgadapt.NewConnector(o.config))
	t.Cleanup(func() { require.NoError(t, o.db.Close()) })
	o.db.SetMaxOpenConns(1)
	_, err = o.db.Exec("select 1; select 2")
	require.NoError(t, err)
	return o
}

// take gives the spans since it was last called.
func (o *telemetry) take() tracetest.SpanStubs {
	defer o.spans.Reset()
	return o.spans.GetSpans()
}

func attributes(span tracetest.SpanStub) map[string]any {
	found := map[string]any{}
	for _, attribute := range span.Attributes {
		found[string(attribute.Key)] = attribute.Value.AsInterface()
	}
	return found
}

// with gives the attributes of every span and those.
func (o *telemetry) with(attributes map[string]any) map[string]any {
	attributes["db.system.name"] = "postgresql"
	attributes["db.namespace"] = o.config.Database
	attributes["server.address"] = o.config.Host
	attributes["server.port"] = int64(o.config.Port)
	return attributes
}

func TestSpanOfAQueryLastsUntilItsRowsAreClosed(t *testing.T) {
	o := observe(t, otel.Options{})
	o.take()
	rows, err := o.db.Query("select generate_series(1, $1::int)", 20)
	require.NoError(t, err)
	require.Len(t, o.take(), 1, "PREPARE")
	for rows.Next() {
		require.Empty(t, o.take())
	}
	require.NoError(t, rows.Close())

	spans := o.take()
	require.Len(t, spans, 1)
	require.Equal(t, "SELECT "+o.config.Database, spans[0].Name)
	require.Equal(t, trace.SpanKindClient, spans[0].SpanKind)
	require.Equal(t, codes.Unset, spans[0].Status.Code)
	require.Equal(t, o.with(map[string]any{
		"db.operation.name": "SELECT", "db.query.text": "select generate_series(1, $1::int)",
		"db.response.returned_rows": int64(20),
	}), attributes(spans[0]))
	require.Equal(t, "https://opentelemetry.io/schemas/1.43.0", spans[0].InstrumentationScope.SchemaURL)
}

func TestSpansOfATransactionAreThoseOfItsContext(t *testing.T) {
	o := observe(t, otel.Options{})
	o.take()
	ctx, parent := o.tracer.Start(t.Context(), "request")
	tx, err := o.db.BeginTx(ctx, nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(ctx, "create temporary table traced (id int) on commit drop")
	require.NoError(t, err)
	require.NoError(t, tx.Commit())

	var names []string
	for _, span := range o.take() {
		names = append(names, attributes(span)["db.operation.name"].(string))
		require.Equal(t, parent.SpanContext().SpanID(), span.Parent.SpanID())
		require.Equal(t, parent.SpanContext().TraceID(), span.SpanContext.TraceID())
	}
	require.Equal(t, []string{"BEGIN", "CREATE", "COMMIT"}, names)
}

func TestPrepareIsASpanInThatOfItsStatement(t *testing.T) {
	o := observe(t, otel.Options{})
	o.take()
	_, err := o.db.Exec("select $1::int4 + 7", 1)
	require.NoError(t, err)
	spans := o.take()
	require.Len(t, spans, 2)
	require.Equal(t, "PREPARE", attributes(spans[0])["db.operation.name"])
	require.Equal(t, spans[1].SpanContext.SpanID(), spans[0].Parent.SpanID())
}

func TestSpanOfAnError(t *testing.T) {
	o := observe(t, otel.Options{})
	for name, c := range map[string]struct {
		run        func() error
		errorType  string
		statusCode any
	}{
		"of the server": {
			func() error { _, err := o.db.Exec("select 1/0"); return err }, "22012", "22012",
		},
		"of the server, at a later row": {
			func() error {
				rows, err := o.db.Query("select 1 / (3 - i) from generate_series(1, 3) i where i > $1", 0)
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
				}
				return rows.Err()
			}, "22012", "22012",
		},
		"of a context that ends on the way": {
			func() error {
				ctx, stop := context.WithTimeout(context.Background(), 20e6)
				defer stop()
				_, err := o.db.ExecContext(ctx, "select pg_sleep(10)")
				return err
			}, "57014", "57014",
		},
		"of the driver": {
			func() error { _, err := o.db.Exec("select $1::text", "a\x00b"); return err }, "*errors.errorString", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			o.take()
			require.Error(t, c.run())
			spans := o.take()
			require.NotEmpty(t, spans)
			span := spans[len(spans)-1]
			require.Equal(t, codes.Error, span.Status.Code)
			require.NotEmpty(t, span.Status.Description)
			require.Equal(t, c.errorType, attributes(span)["error.type"])
			require.Equal(t, c.statusCode, attributes(span)["db.response.status_code"])
		})
	}
}

func TestSpanOfAConnection(t *testing.T) {
	o := observe(t, otel.Options{})
	spans := o.take()
	require.Equal(t, "connect "+o.config.Database, spans[0].Name)
	require.Equal(t, o.with(map[string]any{"db.operation.name": "connect"}), attributes(spans[0]))
}

func TestSpanOfAFailedConnection(t *testing.T) {
	o := observe(t, otel.Options{})
	config := o.config.Copy()
	config.Database = "does not exist"
	o.take()
	_, err := pgadapt.NewConnector(config).Connect(t.Context())
	require.ErrorIs(t, err, pgerr.InvalidCatalogName)
	spans := o.take()
	require.Len(t, spans, 1)
	require.Equal(t, "3D000", attributes(spans[0])["error.type"])
}

func TestConstantsAreNotShown(t *testing.T) {
	const text = "select 'canary', 42, $$x$$ /* canary */ from (select 1) as \"t 1\""
	for name, c := range map[string]struct {
		options otel.Options
		want    string
	}{
		"by default": {otel.Options{}, "select ?, ?, ?   from (select ?) as \"t 1\""},
		"asked for":  {otel.Options{Constants: true}, text},
	} {
		t.Run(name, func(t *testing.T) {
			o := observe(t, c.options)
			o.take()
			_, err := o.db.Exec(text)
			require.NoError(t, err)
			require.Equal(t, c.want, attributes(o.take()[0])["db.query.text"])
		})
	}
}

func TestTextWhoseConstantsAreNotCertainIsNotShown(t *testing.T) {
	o := observe(t, otel.Options{})
	o.take()
	_, err := o.db.Exec(`select '\' , 'canary'`)
	require.NoError(t, err)
	require.NotContains(t, attributes(o.take()[0]), "db.query.text")
}

func TestOwnAttributes(t *testing.T) {
	o := observe(t, otel.Options{Attributes: []attribute.KeyValue{attribute.String("pool", "reports")}})
	for _, span := range o.take() {
		require.Equal(t, "reports", attributes(span)["pool"])
	}
	for _, point := range o.durations(t) {
		pool, _ := point.Attributes.Value("pool")
		require.Equal(t, "reports", pool.AsString())
	}
}

func (o *telemetry) durations(t *testing.T) []metricdata.HistogramDataPoint[float64] {
	t.Helper()
	var collected metricdata.ResourceMetrics
	require.NoError(t, o.reader.Collect(t.Context(), &collected))
	require.Len(t, collected.ScopeMetrics, 1)
	require.Len(t, collected.ScopeMetrics[0].Metrics, 1)
	found := collected.ScopeMetrics[0].Metrics[0]
	require.Equal(t, "db.client.operation.duration", found.Name)
	require.Equal(t, "s", found.Unit)
	histogram, ok := found.Data.(metricdata.Histogram[float64])
	require.True(t, ok)
	return histogram.DataPoints
}

func TestDurations(t *testing.T) {
	o := observe(t, otel.Options{})
	var slept sql.NullString
	for range 3 {
		require.NoError(t, o.db.QueryRow("select pg_sleep($1)", 0.001).Scan(&slept))
	}
	_, err := o.db.Exec("insert into missing values (1)")
	require.ErrorIs(t, err, pgerr.UndefinedTable)

	counts := map[[2]string]uint64{}
	for _, point := range o.durations(t) {
		name, _ := point.Attributes.Value("db.operation.name")
		errorType, _ := point.Attributes.Value("error.type")
		counts[[2]string{name.AsString(), errorType.AsString()}] = point.Count
		require.Positive(t, point.Sum)
		require.False(t, point.Attributes.HasValue("db.query.text"))
		require.Equal(t, []float64{0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10}, point.Bounds)
	}
	// the first of the four SELECTs is that of observe
	require.Equal(t, map[[2]string]uint64{{"SELECT", ""}: 4, {"INSERT", "42P01"}: 1}, counts)
}

func TestSpanOfABatch(t *testing.T) {
	o := observe(t, otel.Options{})
	_, err := o.db.Exec("create temporary table batched (id int)")
	require.NoError(t, err)
	o.take()
	_, err = o.db.Exec("insert into batched values ($1)", pgadapt.Batch(pgadapt.RowsOf([][]any{{1}, {2}, {3}})))
	require.NoError(t, err)
	spans := o.take()
	require.Len(t, spans, 2)
	require.Equal(t, o.with(map[string]any{
		"db.operation.name": "BATCH INSERT", "db.operation.batch.size": int64(3),
		"db.query.text": "insert into batched values ($1)",
	}), attributes(spans[1]))
}

func TestArrivalsAreNoSpans(t *testing.T) {
	o := observe(t, otel.Options{})
	o.take()
	_, err := o.db.Exec("listen spans; notify spans; do $$ begin raise notice 'n'; end $$")
	require.NoError(t, err)
	require.Len(t, o.take(), 1)
}

func TestWithoutProvidersTheGlobalOnesAreUsed(t *testing.T) {
	tracer, err := otel.NewTracer(otel.Options{})
	require.NoError(t, err)
	operation := &pgadapt.Operation{Kind: pgadapt.OperationExec, Query: "select 1", Err: errors.New("some")}
	tracer.TraceEnd(tracer.TraceStart(t.Context(), operation), operation)
}
