package pgadapt_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

// recorder remembers the operations that have ended.
type recorder struct {
	mutex  sync.Mutex
	ended  []pgadapt.Operation
	within []string // for each of them, the kinds of those around it
}

type operationsAround struct{}

func (r *recorder) TraceStart(ctx context.Context, operation *pgadapt.Operation) context.Context {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	around, _ := ctx.Value(operationsAround{}).(string)
	return context.WithValue(ctx, operationsAround{}, strings.TrimSpace(around+" "+string(operation.Kind)))
}

func (r *recorder) TraceEnd(ctx context.Context, operation *pgadapt.Operation) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.ended = append(r.ended, *operation)
	r.within = append(r.within, ctx.Value(operationsAround{}).(string))
}

// take gives what has been recorded since it was last called.
func (r *recorder) take() []pgadapt.Operation {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	ended := r.ended
	r.ended, r.within = nil, nil
	return ended
}

// summary has a line for each operation that has ended: its kind, text, tag and rows.
func (r *recorder) summary() string {
	var lines strings.Builder
	for _, operation := range r.take() {
		fmt.Fprintf(&lines, "%s|%s|%d|%s|%d|%d\n", operation.Kind, operation.Query, operation.ArgumentCount,
			operation.CommandTag, operation.RowsAffected, operation.Rows)
	}
	return lines.String()
}

// openTraced gives a pool of one session that is open already, and what its Tracer records from now on.
func openTraced(t *testing.T, parameters ...string) (*sql.DB, *recorder) {
	t.Helper()
	config, err := pgadapt.ParseConfig(dsnWith(t, parameters...))
	require.NoError(t, err)
	recorded := &recorder{}
	config.Tracer = recorded
	db := sql.OpenDB(pgadapt.NewConnector(config))
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	db.SetMaxOpenConns(1)
	requireWorking(t, db)
	recorded.take()
	return db, recorded
}

func TestTracerIsToldOfStatements(t *testing.T) {
	db, recorded := openTraced(t)
	for name, c := range map[string]struct {
		run  func(*sql.DB) error
		want string
	}{
		"exec": {
			func(db *sql.DB) error { _, err := db.Exec("create temporary table told (id int)"); return err },
			"exec|create temporary table told (id int)|0|CREATE TABLE|0|0\n",
		},
		"exec with arguments": {
			func(db *sql.DB) error { _, err := db.Exec("select $1::int", 1); return err },
			"prepare|select $1::int|0||0|0\nexec|select $1::int|1|SELECT 1|1|0\n",
		},
		"named argument, as it is sent": {
			func(db *sql.DB) error {
				_, err := db.Exec("select @a::int8 + 0", sql.Named("a", 1))
				return err
			},
			"prepare|select $1::int8 + 0|0||0|0\nexec|select $1::int8 + 0|1|SELECT 1|1|0\n",
		},
		"query": {
			func(db *sql.DB) error { return readNumbers(db.Query("select generate_series(1, $1::int)", 40)) },
			"prepare|select generate_series(1, $1::int)|0||0|0\nquery|select generate_series(1, $1::int)|1||0|0\n" +
				"rows|select generate_series(1, $1::int)|1|SELECT 40|40|40\n",
		},
		"query without rows": {
			func(db *sql.DB) error { return readNumbers(db.Query("select 1 where $1::bool", false)) },
			"prepare|select 1 where $1::bool|0||0|0\nquery|select 1 where $1::bool|1||0|0\n" +
				"rows|select 1 where $1::bool|1|SELECT 0|0|0\n",
		},
		"several statements": {
			func(db *sql.DB) error { return readNumbers(db.Query("select 1; select 2")) },
			"query|select 1; select 2|0||0|0\nrows|select 1; select 2|0|SELECT 1|1|1\n",
		},
		"transactions": {
			func(db *sql.DB) error {
				tx, err := db.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true})
				if err != nil {
					return err
				}
				if err := tx.Commit(); err != nil {
					return err
				}
				tx, err = db.Begin()
				return errors.Join(err, tx.Rollback())
			},
			"exec|BEGIN READ ONLY|0|BEGIN|0|0\nexec|COMMIT|0|COMMIT|0|0\nexec|BEGIN|0|BEGIN|0|0\nexec|ROLLBACK|0|ROLLBACK|0|0\n",
		},
		"copy": {
			func(db *sql.DB) error {
				_, err := db.Exec("copy (values (1), (2)) to stdout", &strings.Builder{})
				return err
			},
			"copy|copy (values (1), (2)) to stdout|0|COPY 2|2|0\n",
		},
		"fetched in pages": {
			func(db *sql.DB) error {
				return readNumbers(db.Query("select generate_series(1, $1::int)", pgadapt.FetchSize(2), 5))
			},
			"exec|BEGIN|0|BEGIN|0|0\n" +
				"prepare|declare pgadapt_cursor_0 no scroll cursor for select generate_series(1, $1::int)|0||0|0\n" +
				"exec|declare pgadapt_cursor_0 no scroll cursor for select generate_series(1, $1::int)|1|DECLARE CURSOR|0|0\n" +
				"query|select generate_series(1, $1::int)|1||0|0\n" +
				"exec|COMMIT|0|COMMIT|0|0\n" +
				"rows|select generate_series(1, $1::int)|1|FETCH 1|1|5\n",
		},
		"batch": {
			func(db *sql.DB) error {
				_, err := db.Exec("select generate_series(0, $1::int)", pgadapt.Batch(pgadapt.RowsOf([][]any{{1}, {2}})))
				return err
			},
			"prepare|select generate_series(0, $1::int)|0||0|0\nbatch|select generate_series(0, $1::int)|0||5|0\n",
		},
		"ping": {
			func(db *sql.DB) error { return db.Ping() },
			"ping||0||0|0\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, c.run(db))
			require.Equal(t, c.want, recorded.summary())
		})
	}
}

// readNumbers reads integers to the end.
func readNumbers(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	var n int
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return err
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

func TestTracerIsToldOfCopyFrom(t *testing.T) {
	db, recorded := openTraced(t)
	_, err := db.Exec("create temporary table filled (id int)")
	require.NoError(t, err)
	recorded.take()

	_, err = db.Exec("copy filled from stdin", strings.NewReader("1\n2\n3\n"))
	require.NoError(t, err)
	require.Equal(t, "copy|copy filled from stdin|0|COPY 3|3|0\n", recorded.summary())

	_, err = db.Exec("copy filled from stdin", strings.NewReader("nonsense\n"))
	require.ErrorIs(t, err, pgerr.InvalidTextRepresentation)
	ended := recorded.take()
	require.Len(t, ended, 1)
	require.Equal(t, err, ended[0].Err)
	requireWorking(t, db)
}

func TestTracerIsToldOfBatches(t *testing.T) {
	inEachMode(t, func(t *testing.T, _ *sql.DB) {
		db, recorded := openTraced(t, "default_query_exec_mode", t.Name()[strings.LastIndex(t.Name(), "/")+1:])
		_, err := db.Exec("create temporary table batched (id int unique)")
		require.NoError(t, err)
		three := pgadapt.RowsOf([][]any{{1}, {2}, {3}})

		for _, c := range []struct {
			query, tag string
			rows       any
		}{
			{"insert into batched values ($1)", "INSERT 0 1", pgadapt.Batch(three)},
			{"insert into batched values $1", "INSERT 0 3", pgadapt.Values(three)},
		} {
			_, err = db.Exec("truncate batched")
			require.NoError(t, err)
			_, err = db.Exec(c.query, c.rows)
			require.NoError(t, err)
			ended := recorded.take()
			last := ended[len(ended)-1]
			require.Equal(t, pgadapt.OperationBatch, last.Kind)
			require.Equal(t, c.query, last.Query)
			require.Equal(t, 3, last.BatchSize)
			require.EqualValues(t, 3, last.RowsAffected)
			conn, err := db.Conn(t.Context())
			require.NoError(t, err)
			requireCommandTag(t, conn, c.tag)
			require.NoError(t, conn.Close())

			_, err = db.Exec(c.query, c.rows)
			require.ErrorIs(t, err, pgerr.UniqueViolation)
			ended = recorded.take()
			last = ended[len(ended)-1]
			require.ErrorIs(t, last.Err, pgerr.UniqueViolation)
			require.Zero(t, last.RowsAffected)
		}
	})
}

func TestTracerIsToldOfErrors(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			db, recorded := openTraced(t, "default_query_exec_mode", mode)

			_, err := db.Exec("select 1 / $1::int", 0)
			require.ErrorIs(t, err, pgerr.DivisionByZero)
			ended := recorded.take()
			require.Equal(t, err, ended[len(ended)-1].Err)
			require.Empty(t, ended[len(ended)-1].CommandTag)

			err = readNumbers(db.Query("select 1 / (3 - i) from generate_series(1, 3) i where i > $1", 0))
			require.ErrorIs(t, err, pgerr.DivisionByZero)
			ended = recorded.take()
			last := ended[len(ended)-1]
			require.Equal(t, pgadapt.OperationRows, last.Kind)
			require.ErrorIs(t, last.Err, pgerr.DivisionByZero)
			require.EqualValues(t, 2, last.Rows)
			requireWorking(t, db)
		})
	}
}

func TestTracerKnowsTheTag(t *testing.T) {
	inEachMode(t, func(t *testing.T, _ *sql.DB) {
		db, recorded := openTraced(t, "default_query_exec_mode", t.Name()[strings.LastIndex(t.Name(), "/")+1:])
		require.NoError(t, readNumbers(db.Query("select i from generate_series(1, $1::int) i", 20)))
		ended := recorded.take()
		last := ended[len(ended)-1]
		require.Equal(t, pgadapt.OperationRows, last.Kind)
		require.Equal(t, "SELECT 20", last.CommandTag)
		require.EqualValues(t, 20, last.Rows)
		require.Positive(t, last.Opening)
		require.Positive(t, last.Waiting)
		require.Positive(t, last.Decoding)
	})
}

// A statement in between must not give its tag to the rows that were read ahead for it.
func TestTracerTellsInterleavedRowsApart(t *testing.T) {
	db, recorded := openTraced(t)
	conn := session(t, db)
	rows, err := conn.QueryContext(t.Context(), "select generate_series(1, 3)")
	require.NoError(t, err)
	_, err = conn.ExecContext(t.Context(), "set application_name = 'between'")
	require.NoError(t, err)
	require.NoError(t, readNumbers(rows, nil))

	summary := recorded.summary()
	require.Contains(t, summary, "rows|select generate_series(1, 3)|0|SELECT 3|3|3\n")
	require.Contains(t, summary, "exec|set application_name = 'between'|0|SET|0|0\n")
}

func TestTracedOperationsAreNested(t *testing.T) {
	db, recorded := openTraced(t)
	require.NoError(t, readNumbers(db.Query("select $1::int + 1", 1)))
	require.Equal(t, []string{"query prepare", "query", "query rows"}, recorded.within)
}

func TestTracerIsToldOfConnections(t *testing.T) {
	recorded := &recorder{}
	db := openConfig(t, func(config *pgadapt.Config) { config.Tracer = recorded })
	info, err := pgadapt.Info(session(t, db))
	require.NoError(t, err)

	ended := recorded.take()
	require.Len(t, ended, 1)
	require.Equal(t, pgadapt.OperationConnect, ended[0].Kind)
	require.Equal(t, info.BackendPID, ended[0].BackendPID)
	require.Equal(t, []any{info.Host, info.Port, info.User, info.Database},
		[]any{ended[0].Host, ended[0].Port, ended[0].User, ended[0].Database})
	require.Positive(t, ended[0].Duration)
}

func TestTracerIsToldOfAFailedConnection(t *testing.T) {
	recorded := &recorder{}
	db := openConfig(t, func(config *pgadapt.Config) { config.Tracer, config.Database = recorded, "does not exist" })
	err := db.Ping()
	require.ErrorIs(t, err, pgerr.InvalidCatalogName)
	ended := recorded.take()
	require.Len(t, ended, 1)
	require.Equal(t, err, ended[0].Err)
	require.Equal(t, "does not exist", ended[0].Database)
}

func TestTracerIsToldOfNoticesAndNotifications(t *testing.T) {
	db, recorded := openTraced(t)
	_, err := db.Exec("do $$ begin raise notice 'look'; end $$")
	require.NoError(t, err)
	_, err = db.Exec("listen traced; notify traced, 'here'")
	require.NoError(t, err)

	ended := recorded.take()
	require.Equal(t, pgadapt.OperationNotice, ended[0].Kind)
	require.Equal(t, "look", ended[0].Notice.Message)
	require.Equal(t, pgadapt.OperationNotification, ended[2].Kind)
	require.Equal(t, "here", ended[2].Notification.Payload)
	require.NotZero(t, ended[2].BackendPID)
}

func TestTracerIsGivenArgumentsOnlyWhenItAsks(t *testing.T) {
	db, recorded := openTraced(t)
	_, err := db.Exec("select $1::text, $2::int", "canary", 2)
	require.NoError(t, err)
	ended := recorded.take()
	operation := &ended[len(ended)-1]

	require.Equal(t, 2, operation.ArgumentCount)
	require.Equal(t, "canary", operation.Arguments()[0].Value)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		require.NotContains(t, fmt.Sprintf(verb, operation), "canary")
		require.NotContains(t, fmt.Sprintf(verb, *operation), "canary")
	}
}

// aborter is a Tracer whose context ends at once.
type aborter struct{ recorder }

func (a *aborter) TraceStart(ctx context.Context, operation *pgadapt.Operation) context.Context {
	ctx = a.recorder.TraceStart(ctx, operation)
	if operation.Kind != pgadapt.OperationExec {
		return ctx
	}
	ctx, stop := context.WithCancel(ctx)
	stop()
	return ctx
}

func TestOperationUsesTheContextOfItsTracer(t *testing.T) {
	db := openConfig(t, func(config *pgadapt.Config) { config.Tracer = &aborter{} })
	_, err := db.Exec("select 1")
	require.ErrorIs(t, err, context.Canceled)
}

// ordered notes the order of calls.
type ordered struct {
	name  string
	calls *[]string
}

func (o ordered) TraceStart(context.Context, *pgadapt.Operation) context.Context {
	*o.calls = append(*o.calls, "start "+o.name)
	return nil // stands for the context that was given
}

func (o ordered) TraceEnd(ctx context.Context, _ *pgadapt.Operation) {
	*o.calls = append(*o.calls, fmt.Sprint("end ", o.name, " ", ctx.Value(operationsAround{})))
}

func TestMultiTracer(t *testing.T) {
	var calls []string
	recorded := &recorder{}
	tracer := pgadapt.MultiTracer(ordered{"one", &calls}, nil, recorded, ordered{"two", &calls})

	operation := &pgadapt.Operation{Kind: pgadapt.OperationPing}
	ctx := tracer.TraceStart(t.Context(), operation)
	tracer.TraceEnd(ctx, operation)

	require.Equal(t, []string{"start one", "start two", "end two ping", "end one ping"}, calls)
	require.Len(t, recorded.take(), 1)
}

// silent is a Tracer that does nothing.
type silent struct{}

func (silent) TraceStart(ctx context.Context, _ *pgadapt.Operation) context.Context { return ctx }
func (silent) TraceEnd(context.Context, *pgadapt.Operation)                         {}

func TestAllocationsOfTracing(t *testing.T) {
	allocations := func(tracer pgadapt.Tracer, run func(*sql.DB) error) float64 {
		db := openConfig(t, func(config *pgadapt.Config) { config.Tracer = tracer })
		db.SetMaxOpenConns(1)
		for range 3 {
			require.NoError(t, run(db))
		}
		return testing.AllocsPerRun(20, func() {
			if err := run(db); err != nil {
				t.Error(err)
			}
		})
	}
	for name, run := range map[string]func(*sql.DB) error{
		"exec": func(db *sql.DB) error { _, err := db.Exec("select $1::int", 1); return err },
		"query": func(db *sql.DB) error {
			return readNumbers(db.Query("select generate_series(1, $1::int)", 100))
		},
	} {
		t.Run(name, func(t *testing.T) {
			// the Operations, what refers to the arguments, the closures, and what times the rows; nothing for each row
			require.LessOrEqual(t, allocations(silent{}, run)-allocations(nil, run), 16.0)
		})
	}
}
