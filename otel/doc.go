// Package otel makes spans and metrics of what the pgadapt driver does, after OpenTelemetry's semantic conventions for
// databases (stable since their version 1.33; the names are those of version 1.43):
//
//	config, err := pgadapt.ParseConfig(dsn)
//	config.Tracer, err = otel.NewTracer(otel.Options{})
//	db := sql.OpenDB(pgadapt.NewConnector(config))
//
// Each statement is one span of kind client, from its start until its rows are closed; each connection, Prepare, COPY
// and ping is one, too, and so are BEGIN, COMMIT and ROLLBACK. Notifications and notices are none.
//
// The histogram db.client.operation.duration has the seconds that each statement, COPY and ping has kept the program
// waiting for the server: what a program does between two rows does not count.
//
// Attributes of spans: db.system.name, db.namespace, db.query.text, db.operation.name, db.operation.batch.size,
// db.response.status_code, db.response.returned_rows, error.type, server.address, server.port. The histogram has those
// of them that have few values: neither the text nor the rows.
//
//   - db.namespace is the database of the login. The schema is left out: SET search_path may change it at any time.
//   - db.query.text is the text with the server's placeholders. Of a text without arguments the constants are replaced
//     by ?, unless Options says otherwise; arguments are never given.
//   - db.operation.name is the first word of a text, such as SELECT, with BATCH in front for a batch.
//   - error.type is the SQLSTATE, "context.Canceled", "context.DeadlineExceeded", or the Go type of the error.
package otel
