package sentinel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/pgerr/internal/errcodes"
	"github.com/pgadapt/pgadapt/pgerr/internal/sentinel"
)

func class(code, title string, conditions ...errcodes.Condition) errcodes.Class {
	return errcodes.Class{Code: code, Title: title, Conditions: conditions}
}

func condition(sqlState, name string) errcodes.Condition {
	return errcodes.Condition{SQLState: sqlState, Kind: errcodes.Error, Name: name}
}

func TestGoName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"unique_violation": "UniqueViolation",
		"warning":          "Warning",
		"sqlclient_unable_to_establish_sqlconnection": "SQLClientUnableToEstablishSQLConnection",
		"more_than_one_sql_json_item":                 "MoreThanOneSQLJSONItem",
		"unterminated_c_string":                       "UnterminatedCString",
		"plpgsql_error":                               "PLpgSQLError",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			classes, err := sentinel.Of([]errcodes.Class{class("99", "Any", condition("99000", name))})
			require.NoError(t, err)
			require.Equal(t, want, classes[0].Sentinels[0].GoName)
		})
	}
}

func TestClassWithoutGenericCodeIsNamedForItsTitle(t *testing.T) {
	t.Parallel()
	classes, err := sentinel.Of([]errcodes.Class{class("10", "XQuery Error", condition("10608", "bad_argument"))})
	require.NoError(t, err)
	require.Equal(t, []sentinel.Sentinel{
		{Condition: condition("10000", "xquery_error"), GoName: "XQueryError"},
		{Condition: condition("10608", "bad_argument"), GoName: "BadArgument"},
	}, classes[0].Sentinels)
}

func TestNameOfTwoCodesGetsSuffixOfItsClass(t *testing.T) {
	t.Parallel()
	classes, err := sentinel.Of([]errcodes.Class{
		class("22", "Data Exception", condition("22000", "data_exception"), condition("22004", "null_value")),
		class("39", "Invocation", condition("39000", "invocation"), condition("39004", "null_value")),
	})
	require.NoError(t, err)
	require.Equal(t, "NullValue", classes[0].Sentinels[1].GoName)
	require.Equal(t, "NullValueExt", classes[1].Sentinels[1].GoName)
}

func TestUnresolvedDuplicateIsRefused(t *testing.T) {
	t.Parallel()
	_, err := sentinel.Of([]errcodes.Class{
		class("22", "Data Exception", condition("22000", "data_exception"), condition("22004", "null_value")),
		class("24", "Cursor", condition("24000", "cursor"), condition("24004", "null_value")),
	})
	require.ErrorContains(t, err, "NullValue would be the name of 22004 and of 24004")
}
