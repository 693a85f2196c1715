package pgerr_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
	_ "github.com/pgadapt/pgadapt/internal/pgtest/docker"
	"github.com/pgadapt/pgadapt/pgerr"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func connect(t *testing.T) *pgconn.PgConn {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), pgtest.DSN(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(t.Context())) })
	return conn
}

func execute(t *testing.T, conn *pgconn.PgConn, sql string) error {
	t.Helper()
	_, err := conn.Exec(t.Context(), sql).ReadAll()
	return err
}

// TestServerSends provokes the errors that the constants' comments and docs/errors.md speak of.
func TestServerSends(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	require.NoError(t, execute(t, conn, `
		create temp table parent (id int primary key, amount int not null check (amount > 0));
		create temp table child (parent int references parent on delete no action);
		insert into parent values (1, 1); insert into child values (1)`))
	for name, test := range map[string]struct {
		sql  string
		want pgerr.Code
	}{
		"unique":                {"insert into parent values (1, 1)", pgerr.UniqueViolation},
		"not null":              {"insert into parent values (2, null)", pgerr.NotNullViolation},
		"check":                 {"insert into parent values (2, 0)", pgerr.CheckViolation},
		"missing parent":        {"insert into child values (7)", pgerr.ForeignKeyViolation},
		"parent with children":  {"delete from parent", pgerr.ForeignKeyViolation},
		"not an integer":        {"select 'abc'::int", pgerr.InvalidTextRepresentation},
		"integer too large":     {"select 2147483647 + 1", pgerr.NumericValueOutOfRange},
		"not a date":            {"select 'abc'::date", pgerr.InvalidDatetimeFormat},
		"no such day":           {"select '2023-02-30'::date", pgerr.DatetimeFieldOverflow},
		"text too long":         {"create temp table s (s char); insert into s values ('ab')", pgerr.StringDataRightTruncation},
		"division":              {"select 1 / 0", pgerr.DivisionByZero},
		"two rows for one":      {"select (select generate_series(1, 2))", pgerr.CardinalityViolation},
		"syntax":                {"selekt", pgerr.SyntaxError},
		"table":                 {"select from nowhere", pgerr.UndefinedTable},
		"column":                {"select nothing from parent", pgerr.UndefinedColumn},
		"function":              {"select nothing(1)", pgerr.UndefinedFunction},
		"existing table":        {"create temp table parent ()", pgerr.DuplicateTable},
		"schema":                {"create table nowhere.t ()", pgerr.InvalidSchemaName},
		"prepared statement":    {"execute nothing", pgerr.InvalidSQLStatementName},
		"dependent":             {"drop table parent", pgerr.DependentObjectsStillExist},
		"in a transaction":      {"begin; vacuum", pgerr.ActiveSQLTransaction},
		"read-only transaction": {"begin read only; create table t ()", pgerr.ReadOnlySQLTransaction},
		"statement timeout":     {"set statement_timeout = '1ms'; select pg_sleep(10)", pgerr.QueryCanceled},
		"cancelled":             {"select pg_cancel_backend(pg_backend_pid()), pg_sleep(10)", pgerr.QueryCanceled},
		"raise":                 {"do $$ begin raise 'no'; end $$", pgerr.RaiseException},
		"own code":              {"do $$ begin raise 'no' using errcode = 'MY001'; end $$", "MY001"},
		"no row":                {"do $$ declare i int; begin select 1 into strict i where false; end $$", pgerr.NoDataFound},
	} {
		t.Run(name, func(t *testing.T) {
			code, _ := pgerr.Of(execute(t, conn, test.sql))
			require.Equal(t, test.want, code, "%v", code)
			require.NoError(t, execute(t, conn, "rollback; reset statement_timeout"))
		})
	}
}

func TestServerSendsInFailedTransaction(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	require.NoError(t, execute(t, conn, "begin"))
	require.True(t, pgerr.Is(execute(t, conn, "select 1/0"), pgerr.DivisionByZero))
	require.True(t, pgerr.Is(execute(t, conn, "select 1"), pgerr.InFailedSQLTransaction))
}

func TestServerRefusesConnection(t *testing.T) {
	t.Parallel()
	config, err := pgconn.ParseConfig(pgtest.DSN(t))
	require.NoError(t, err)
	config.Database = "there_is_no_such_database"
	_, err = pgconn.ConnectConfig(t.Context(), config)
	require.True(t, pgerr.Is(err, pgerr.InvalidCatalogName), "%v", err)
}

// TestRestrictViolation checks the one code of the common ones that PostgreSQL 18 has changed.
func TestRestrictViolation(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	require.NoError(t, execute(t, conn, `
		create temp table parent (id int primary key);
		create temp table child (parent int references parent on delete restrict);
		insert into parent values (1); insert into child values (1)`))
	want := pgerr.RestrictViolation
	if version := conn.ParameterStatus("server_version"); len(version) >= 2 && version[:2] < "18" {
		want = pgerr.ForeignKeyViolation
	}
	code, _ := pgerr.Of(execute(t, conn, "delete from parent"))
	require.Equal(t, want, code)
}

// Names that not every supported release has, and one that is of this package.
var notInEveryRelease = []string{
	"invalid_argument_for_xquery", "sql_json_item_cannot_be_cast_to_target_type", "transaction_timeout",
	"file_name_too_long", "snapshot_too_old", "xquery_error",
}

// TestPLpgSQLAgrees asks PL/pgSQL which codes each condition name catches, and compares with Matches.
func TestPLpgSQLAgrees(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	named := map[string][]pgerr.Code{}
	codes := constants(t)
	for _, code := range codes {
		if code.Class() > pgerr.NoData { // RAISE takes errors only
			named[code.Name()] = append(named[code.Name()], code)
		}
	}
	for name, sentinels := range named {
		err := execute(t, conn, catcher(name))
		if slices.Contains(notInEveryRelease, name) && pgerr.Is(err, pgerr.UndefinedObject) {
			continue
		}
		require.NoError(t, err, name)
		require.ElementsMatch(t, matchedByAny(sentinels, codes), caught(t, conn, sentinels, codes), name)
	}
}

// catcher makes a function that tells whether EXCEPTION WHEN name catches a code.
func catcher(name string) string {
	return fmt.Sprintf(`create or replace function pg_temp.catches(code text) returns bool language plpgsql as $$
		begin
			raise 'x' using errcode = code;
		exception
			when %s then return true;
			when others or query_canceled or assert_failure then return false;
		end $$`, name)
}

func matchedByAny(sentinels []pgerr.Code, codes map[string]pgerr.Code) []string {
	var matched []string
	for _, code := range codes {
		if slices.ContainsFunc(sentinels, func(s pgerr.Code) bool { return s.Matches(string(code)) }) {
			matched = append(matched, string(code))
		}
	}
	return matched
}

// caught gives those codes of the sentinels' classes, and of one other, that catches is true for.
func caught(t *testing.T, conn *pgconn.PgConn, sentinels []pgerr.Code, codes map[string]pgerr.Code) []string {
	t.Helper()
	candidates := []string{"MY001"}
	for _, code := range codes {
		if slices.ContainsFunc(sentinels, func(s pgerr.Code) bool { return s.Class() == code.Class() }) {
			candidates = append(candidates, string(code))
		}
	}
	sql := "select code from unnest('{" + strings.Join(candidates, ",") + "}'::text[]) code where pg_temp.catches(code)"
	results, err := conn.Exec(t.Context(), sql).ReadAll()
	require.NoError(t, err)
	var caught []string
	for _, row := range results[0].Rows {
		caught = append(caught, string(row[0]))
	}
	return caught
}
