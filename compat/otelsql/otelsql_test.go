package otelsql_test

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/XSAM/otelsql"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/pgerr"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// eachWayToOpen runs test on a pool opened by name, and on one with a connector, and with the spans of both.
func eachWayToOpen(t *testing.T, test func(t *testing.T, db *sql.DB, spans *tracetest.InMemoryExporter)) {
	t.Helper()
	config, err := pgadapt.ParseConfig(pgtest.DSN(t))
	require.NoError(t, err)
	for name, open := range map[string]func(...otelsql.Option) (*sql.DB, error){
		"Open": func(options ...otelsql.Option) (*sql.DB, error) {
			return otelsql.Open(pgadapt.DriverName, pgtest.DSN(t), options...)
		},
		"OpenDB": func(options ...otelsql.Option) (*sql.DB, error) {
			return otelsql.OpenDB(pgadapt.NewConnector(config), options...), nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			spans := tracetest.NewInMemoryExporter()
			db, err := open(otelsql.WithTracerProvider(trace.NewTracerProvider(trace.WithSyncer(spans))))
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			db.SetMaxOpenConns(1)
			test(t, db, spans)
		})
	}
}

// names gives the names of the spans that have ended since it was last called.
func names(spans *tracetest.InMemoryExporter) []string {
	defer spans.Reset()
	var names []string
	for _, span := range spans.GetSpans() {
		names = append(names, span.Name)
	}
	return names
}

func TestSpans(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, db *sql.DB, spans *tracetest.InMemoryExporter) {
		var text string
		require.NoError(t, db.QueryRow("select $1::text", "x").Scan(&text))
		require.Equal(t, "x", text)
		require.Subset(t, names(spans), []string{"sql.connector.connect", "sql.conn.query", "sql.rows"})

		tx, err := db.Begin()
		require.NoError(t, err)
		_, err = tx.Exec("create temp table item (id int primary key, tags text[])")
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
		require.Subset(t, names(spans), []string{"sql.conn.begin_tx", "sql.conn.exec", "sql.tx.commit"})
		stmt, err := db.Prepare("insert into item (id) values ($1)")
		require.NoError(t, err)
		_, err = stmt.Exec(1)
		require.NoError(t, err)
		_, err = stmt.Exec(1)
		require.ErrorIs(t, err, pgerr.UniqueViolation)
		require.NoError(t, stmt.Close())
		failed := slices.ContainsFunc(spans.GetSpans(), func(span tracetest.SpanStub) bool {
			return span.Name == "sql.stmt.exec" && span.Status.Code == codes.Error
		})
		require.True(t, failed)
	})
}

// TestArgumentsThatAreNoParameters passes the driver's own arguments through.
func TestArgumentsThatAreNoParameters(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, db *sql.DB, spans *tracetest.InMemoryExporter) {
		_, err := db.Exec("create temp table item (id int primary key, tags text[])")
		require.NoError(t, err)
		_, err = db.Exec("copy item from stdin", strings.NewReader("1\t{a,b}\n2\t{}\n"))
		require.NoError(t, err)
		_, err = db.Exec("insert into item values ($1, $2)", pgadapt.Batch(pgadapt.RowsOf([][]any{{3, []string{"c"}}, {4, nil}})))
		require.NoError(t, err)
		var out bytes.Buffer
		_, err = db.Exec("copy item to stdout", &out)
		require.NoError(t, err)
		require.Equal(t, "1\t{a,b}\n2\t{}\n3\t{c}\n4\t\\N\n", out.String())
		var tags []string
		require.NoError(t, db.QueryRow("select tags from item where id = @id", sql.Named("id", 1)).Scan(pgadapt.Array(&tags)))
		require.Equal(t, []string{"a", "b"}, tags)
		var count int
		require.NoError(t, db.QueryRow("select count(*) from item where id in $1", pgadapt.In([]int{1, 4, 9})).Scan(&count))
		require.Equal(t, 2, count)
	})
}

// TestCancelKeepsTheConnection says that the wrapper leaves a cancelled statement's connection to the pool.
func TestCancelKeepsTheConnection(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, db *sql.DB, spans *tracetest.InMemoryExporter) {
		pid := func() (pid int) {
			require.NoError(t, db.QueryRow("select pg_backend_pid()").Scan(&pid))
			return pid
		}
		before := pid()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := db.ExecContext(ctx, "select pg_sleep(30)")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, before, pid())
	})
}

// TestSessionIsReachable says that what asks the driver's own connection for something finds it behind the wrapper.
func TestSessionIsReachable(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, db *sql.DB, spans *tracetest.InMemoryExporter) {
		conn, err := db.Conn(t.Context())
		require.NoError(t, err)
		defer conn.Close()
		info, err := pgadapt.Info(conn)
		require.NoError(t, err)
		var pid uint32
		require.NoError(t, conn.QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&pid))
		require.Equal(t, pid, info.BackendPID)
	})
}
