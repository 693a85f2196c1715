package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

func TestRepair(t *testing.T) {
	made, db := defective(t)
	exec(t, db, `create schema "My Schema"`,
		`create table "My Schema"."Say ""hi""" (id int primary key) with (autovacuum_enabled = off)`,
		`insert into "My Schema"."Say ""hi""" select generate_series(1, 5000)`,
		`delete from "My Schema"."Say ""hi"""`)
	require.NoError(t, db.Close()) // the server counts what a session has done at its end
	require.NoError(t, made.awaitDeadTuples(t.Context(), `Say "hi"`, 5000))

	out := maintained(t, "-dsn", made.dsn, "-fix", "-verbose")

	require.Contains(t, out, "    INFO: ", "the server tells what it does")
	require.Regexp(t, `vacuum \(analyze, truncate false\) "My Schema"\."Say ""hi""" +done`, out)
	require.Regexp(t, `reindex index concurrently "public"\."event_payload" +done`, out)
	after := reportOf(t, "-dsn", made.dsn)
	require.Empty(t, after["invalid_indexes"].Rows)
	require.Empty(t, after["index_bloat"].Rows)
	require.Eventually(t, func() bool { return len(reportOf(t, "-dsn", made.dsn)["dead_tuples"].Remedies) == 0 },
		30*time.Second, 100*time.Millisecond, "before PostgreSQL 15 the statistics come a little later")
}

func TestRepairThatFails(t *testing.T) {
	made, db := defective(t)
	exec(t, db, `insert into customer (id, name, email) overriding system value values (-1, 'the same', 'c1@example.com')`)

	out := maintained(t, "-dsn", made.dsn, "-fix")

	require.Regexp(t, `reindex index concurrently "public"\."customer_email" +failed.*could not create unique index`, out)
	require.Contains(t, out, "removed public.customer_email_ccnew, which was half built")
	require.Regexp(t, `vacuum \(analyze, truncate false\) "public"\."customer" +done`, out, "the others are done")
	require.Equal(t, []string{"customer_email"}, reportOf(t, "-dsn", made.dsn)["invalid_indexes"].names())
}

func TestRepairNeverWaitsLong(t *testing.T) {
	made, db := defective(t)
	t.Run("for a table that somebody works on", func(t *testing.T) {
		tx, err := db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		defer tx.Rollback()
		_, err = tx.ExecContext(t.Context(), "lock table customer in share update exclusive mode")
		require.NoError(t, err)

		out := maintained(t, "-dsn", made.dsn, "-fix", "-lock-timeout", "50ms")
		require.Regexp(t, `vacuum \(analyze, truncate false\) "public"\."customer" +skipped.*a transaction holds a lock`, out)
		require.Regexp(t, `reindex index concurrently "public"\."event_payload" +done`, out)
	})
	t.Run("for a transaction that has written", func(t *testing.T) {
		tx, err := db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), "update customer set name = name where id = 2")
		require.NoError(t, err)

		out := maintained(t, "-dsn", made.dsn, "-fix", "-lock-timeout", "50ms")
		require.Regexp(t, `reindex index concurrently "public"\."customer_email" +skipped`, out)
		require.NoError(t, tx.Rollback())
		for _, name := range reportOf(t, "-dsn", made.dsn)["invalid_indexes"].names() {
			if name != "customer_email" {
				require.Contains(t, out, "run later: drop index concurrently if exists public."+name)
			}
		}
	})
	t.Run("and does everything when nobody is in its way", func(t *testing.T) {
		var read struct {
			Repairs []outcome `json:"repairs"`
		}
		require.NoError(t, json.Unmarshal([]byte(maintained(t, "-dsn", made.dsn, "-fix", "-json")), &read))
		require.NotEmpty(t, read.Repairs)
		for _, repair := range read.Repairs {
			require.Equal(t, "done", repair.Result, "%s: %s", repair.Statement, repair.Because)
		}
	})
}

func TestInterrupt(t *testing.T) {
	made, db := defective(t)
	slow := with(t, made.dsn, "vacuum_cost_delay", "100ms", "vacuum_cost_limit", "1")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &interrupter{at: "scanning heap", interrupt: cancel}

	err := run(ctx, []string{"-dsn", slow, "-fix"}, out, out)

	require.ErrorIs(t, err, context.Canceled)
	printed := out.printed.String()
	require.Regexp(t, `Interrupted: the server has stopped the statement, and session \d+ is ready for another\.`, printed)
	require.Regexp(t, `vacuum \(analyze, truncate false\) "public"\."customer" +interrupted`, printed)
	require.NotRegexp(t, `reindex.* done`, printed, "what comes later is not begun")
	_, rest, _ := strings.Cut(printed, "Repairing in session ")
	backend, _, _ := strings.Cut(rest, ";")
	require.Contains(t, printed, "and session "+backend+" is ready")
	running, err := pgadapt.One[int](db.QueryContext(t.Context(),
		"select count(*) from pg_stat_progress_vacuum where datname = current_database()"))
	require.NoError(t, err)
	require.Zero(t, running)
}
