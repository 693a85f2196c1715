package otel_test

import (
	"database/sql"
	"fmt"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/otel"
)

func ExampleNewTracer() {
	config, err := pgadapt.ParseConfig(pgtest.ExampleDSN())
	if err != nil {
		panic(err)
	}
	exporter := tracetest.NewInMemoryExporter()
	config.Tracer, err = otel.NewTracer(otel.Options{
		TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)),
	})
	if err != nil {
		panic(err)
	}
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()

	_, _ = db.Exec("create temporary table note (id int, content text)")
	_, _ = db.Exec("select 1 / $1::int", 0)

	for _, span := range exporter.GetSpans() {
		found := attributes(span)
		fmt.Println(found["db.operation.name"], found["db.query.text"], found["error.type"])
	}
	// Output:
	// connect <nil> <nil>
	// CREATE create temporary table note (id int, content text) <nil>
	// PREPARE select ? / $1::int <nil>
	// SELECT select 1 / $1::int 22012
}
