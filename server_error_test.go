package pgadapt_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

func TestServerErrorMatchesItsSentinels(t *testing.T) {
	db := open(t)
	_, err := db.Exec("create table unique_names (name text constraint unique_name primary key)")
	require.NoError(t, err)
	defer func() { _, _ = db.Exec("drop table unique_names") }()

	_, err = db.Exec("insert into unique_names values ($1), ($1)", "x")

	require.ErrorIs(t, err, pgerr.UniqueViolation)
	require.ErrorIs(t, err, pgerr.IntegrityConstraintViolation, "its class")
	require.ErrorIs(t, err, pgerr.Integrity, "its group")
	require.NotErrorIs(t, err, pgerr.NotNullViolation)
	var reported *pgadapt.Error
	require.ErrorAs(t, err, &reported)
	require.Equal(t, "unique_name", reported.ConstraintName)
	var pgErr *pgconn.PgError
	require.ErrorAs(t, err, &pgErr)
	require.Same(t, pgErr, reported.PgError)
}

func TestErrorsOfTheDriverMatchSentinels(t *testing.T) {
	db := open(t)
	requireWorking(t, db) // so that the time is not spent on connecting
	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	_, err := db.ExecContext(ctx, "select pg_sleep(60)")
	require.ErrorIs(t, err, pgerr.QueryCanceled)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	tx, err := db.Begin()
	require.NoError(t, err)
	_, err = tx.Exec("selec")
	require.ErrorIs(t, err, pgerr.SyntaxError)
	require.ErrorIs(t, tx.Commit(), pgerr.InFailedSQLTransaction)

	refused := open(t, "dbname", "there_is_none")
	err = refused.Ping()
	require.ErrorIs(t, err, pgerr.InvalidCatalogName)
	code, ok := pgerr.Of(err)
	require.True(t, ok)
	require.Equal(t, pgerr.InvalidCatalogName, code)
}

func TestExcerpt(t *testing.T) {
	for name, test := range map[string]struct {
		query string
		want  []string
	}{
		"one line":             {"selec 1", []string{"LINE 1: selec 1", "        ^"}},
		"second line":          {"select 1,\n\tnowhere\nfrom (values (1)) x", []string{"LINE 2:  nowhere", "         ^"}},
		"after wide letters":   {"select 'é世界', nowhere", []string{"LINE 1: select 'é世界', nowhere", "                      ^"}},
		"inside a function":    {"do $$ begin perform nowhere(); end $$", []string{"LINE 1: SELECT nowhere()", "               ^"}},
		"without a place":      {"select 1/0", nil},
		"with carriage return": {"select 1,\r\nnowhere\r\n", []string{"LINE 2: nowhere", "        ^"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(t).Exec(test.query)
			var reported *pgadapt.Error
			require.ErrorAs(t, err, &reported)
			require.Equal(t, strings.Join(test.want, "\n"), reported.Excerpt(test.query))
		})
	}
}

func TestExcerptOfAnotherTextDoesNotPanic(t *testing.T) {
	err := &pgadapt.Error{PgError: &pgconn.PgError{Position: 1000}}
	require.Equal(t, "LINE 1: select 1\n                ^", err.Excerpt("select 1"))
	require.Empty(t, err.Excerpt(""))
}

func ExampleError_Excerpt() {
	db := openExample()
	defer db.Close()

	const query = "select name,\n  salery\nfrom (values ('x', 1)) as staff(name, salary)"
	_, err := db.Exec(query)
	if reported, ok := errors.AsType[*pgadapt.Error](err); ok {
		fmt.Println(reported.Message)
		fmt.Println(reported.Excerpt(query))
	}
	// Output:
	// column "salery" does not exist
	// LINE 2:   salery
	//           ^
}
