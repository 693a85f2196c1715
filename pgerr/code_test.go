package pgerr_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/pgerr"
	"github.com/pgadapt/pgadapt/pgerr/internal/errcodes"
)

// constants gives the codes that the package declares, by the names of their constants.
func constants(t *testing.T) map[string]pgerr.Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "code_list.go", nil, parser.ParseComments)
	require.NoError(t, err)
	codes := map[string]pgerr.Code{}
	for _, declaration := range file.Decls {
		for _, spec := range declaration.(*ast.GenDecl).Specs {
			constant := spec.(*ast.ValueSpec)
			name := constant.Names[0].Name
			require.Equal(t, "Code", constant.Type.(*ast.Ident).Name, name)
			require.True(t, strings.HasPrefix(constant.Doc.Text(), name), "%s: %q", name, constant.Doc.Text())
			code, err := strconv.Unquote(constant.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			codes[name] = pgerr.Code(code)
		}
	}
	return codes
}

// conditions gives PostgreSQL's list by code.
func conditions(t *testing.T) map[pgerr.Code]errcodes.Condition {
	t.Helper()
	classes, err := errcodes.Classes()
	require.NoError(t, err)
	list := map[pgerr.Code]errcodes.Condition{}
	for _, class := range classes {
		for _, condition := range class.Conditions {
			list[pgerr.Code(condition.SQLState)] = condition
		}
	}
	return list
}

// comparableName reduces a name to what a Go name and a condition name have in common.
func comparableName(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, "_", ""))
}

func TestEveryConstantIsInPostgreSQLsList(t *testing.T) {
	t.Parallel()
	list := conditions(t)
	suffixed := map[string]string{
		"ModifyingSQLDataNotPermittedExt":    "38002",
		"ProhibitedSQLStatementAttemptedExt": "38003",
		"ReadingSQLDataNotPermittedExt":      "38004",
		"NullValueNotAllowedExt":             "39004",
		"StringDataRightTruncationWarning":   "01004",
	}
	codes := constants(t)
	for name, code := range codes {
		if name == "XQueryError" {
			require.Equal(t, pgerr.Code("10000"), code)
			require.NotContains(t, list, code)
			continue
		}
		require.Equal(t, list[code].Name, code.Name(), name)
		condition := code.Name()
		if suffix, found := suffixed[name]; found {
			require.EqualValues(t, suffix, code)
			name = strings.TrimSuffix(strings.TrimSuffix(name, "Ext"), "Warning")
		}
		require.Equal(t, comparableName(condition), comparableName(name))
	}
	require.Len(t, codes, len(list)+1)
}

func TestConstants(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		constant        pgerr.Code
		sqlState, class string
		name            string
	}{
		{pgerr.SuccessfulCompletion, "00000", "00000", "successful_completion"},
		{pgerr.StringDataRightTruncation, "22001", "22000", "string_data_right_truncation"},
		{pgerr.StringDataRightTruncationWarning, "01004", "01000", "string_data_right_truncation"},
		{pgerr.ConnectionFailure, "08006", "08000", "connection_failure"},
		{pgerr.FeatureNotSupported, "0A000", "0A000", "feature_not_supported"},
		{pgerr.InvalidArgumentForXQuery, "10608", "10000", "invalid_argument_for_xquery"},
		{pgerr.NotNullViolation, "23502", "23000", "not_null_violation"},
		{pgerr.UniqueViolation, "23505", "23000", "unique_violation"},
		{pgerr.IntegrityConstraintViolation, "23000", "23000", "integrity_constraint_violation"},
		{pgerr.InFailedSQLTransaction, "25P02", "25000", "in_failed_sql_transaction"},
		{pgerr.TransactionTimeout, "25P04", "25000", "transaction_timeout"},
		{pgerr.InvalidPassword, "28P01", "28000", "invalid_password"},
		{pgerr.NullValueNotAllowedExt, "39004", "39000", "null_value_not_allowed"},
		{pgerr.SerializationFailure, "40001", "40000", "serialization_failure"},
		{pgerr.DeadlockDetected, "40P01", "40000", "deadlock_detected"},
		{pgerr.QueryCanceled, "57014", "57000", "query_canceled"},
		{pgerr.SnapshotTooOld, "72000", "72000", "snapshot_too_old"},
		{pgerr.FDWTableNotFound, "HV00R", "HV000", "fdw_table_not_found"},
		{pgerr.RaiseException, "P0001", "P0000", "raise_exception"},
		{pgerr.InternalError, "XX000", "XX000", "internal_error"},
	} {
		t.Run(test.sqlState, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.sqlState, test.constant.SQLState())
			require.EqualValues(t, test.class, test.constant.Class())
			require.Equal(t, test.name, test.constant.Name())
			require.Equal(t, test.sqlState == test.class, test.constant.IsClass())
			require.EqualError(t, test.constant, test.name+" (SQLSTATE "+test.sqlState+")")
		})
	}
}

// TestClassesPartitionCodes checks that every code is matched by itself and by one class, its own, and by nothing else.
func TestClassesPartitionCodes(t *testing.T) {
	t.Parallel()
	codes := constants(t)
	for name, code := range codes {
		want := []pgerr.Code{code}
		if !code.IsClass() {
			want = append(want, code.Class())
		}
		require.ElementsMatch(t, want, matching(codes, code), name)
		require.True(t, code.Class().IsClass(), name)
		require.Equal(t, code[:2], code.Class()[:2], name)
	}
}

func matching(codes map[string]pgerr.Code, code pgerr.Code) []pgerr.Code {
	var matching []pgerr.Code
	for _, candidate := range codes {
		if candidate.Matches(string(code)) {
			matching = append(matching, candidate)
		}
	}
	return matching
}

func TestLookup(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]pgerr.Code{
		"23505": pgerr.UniqueViolation,
		"23000": pgerr.IntegrityConstraintViolation,
		"23":    pgerr.IntegrityConstraintViolation,
		"00":    pgerr.SuccessfulCompletion,
		"10":    pgerr.XQueryError,
		"XX":    pgerr.InternalError,
		"XX002": pgerr.IndexCorrupted,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			have, found := pgerr.Lookup(code)
			require.True(t, found)
			require.Equal(t, want, have)
		})
	}
	for name, code := range map[string]string{
		"empty": "", "one character": "2", "three characters": "235", "unknown": "23999", "own": "MY001",
		"unknown class": "MY", "class after the last": "ZZ", "lower case": "xx000", "six characters": "235050",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			have, found := pgerr.Lookup(code)
			require.False(t, found)
			require.Empty(t, have)
		})
	}
}

func TestLookupFindsEveryConstant(t *testing.T) {
	t.Parallel()
	for name, code := range constants(t) {
		have, found := pgerr.Lookup(string(code))
		require.True(t, found, name)
		require.Equal(t, code, have, name)
		class, found := pgerr.Lookup(string(code[:2]))
		require.True(t, found, name)
		require.Equal(t, code.Class(), class, name)
	}
}

func TestCodeWithoutConstant(t *testing.T) {
	t.Parallel()
	own := pgerr.Code("MY001")
	require.Empty(t, own.Name())
	require.EqualError(t, own, "SQLSTATE MY001")
	require.Equal(t, pgerr.Code("MY000"), own.Class())
	require.True(t, own.Matches("MY001"))
	require.True(t, own.Class().Matches("MY001"))
	require.False(t, own.Matches("MY002"))
	require.Equal(t, pgerr.IntegrityConstraintViolation, pgerr.Code("23999").Class())
	require.True(t, pgerr.IntegrityConstraintViolation.Matches("23999"))
}

func TestMalformedCodesMatchNothing(t *testing.T) {
	t.Parallel()
	for _, malformed := range []string{"", "2", "23", "23000x", "000"} {
		t.Run(strconv.Quote(malformed), func(t *testing.T) {
			t.Parallel()
			require.False(t, pgerr.Code(malformed).Matches(malformed))
			require.False(t, pgerr.IntegrityConstraintViolation.Matches(malformed))
			require.False(t, pgerr.Database.Matches(malformed))
			require.Empty(t, pgerr.Code(malformed).Class())
			require.Empty(t, pgerr.Code(malformed).Name())
			require.False(t, pgerr.Code(malformed).IsClass())
			require.Equal(t, pgerr.Database, pgerr.Code(malformed).Group())
		})
	}
}

// TestCodeAsError checks that a test double may return a code where the server's error would come.
func TestCodeAsError(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("saving: %w", pgerr.UniqueViolation)
	for name, test := range map[string]struct {
		target error
		want   bool
	}{
		"itself":        {pgerr.UniqueViolation, true},
		"its class":     {pgerr.IntegrityConstraintViolation, true},
		"its group":     {pgerr.Integrity, true},
		"another code":  {pgerr.NotNullViolation, false},
		"another class": {pgerr.DataException, false},
		"another group": {pgerr.Operational, false},
		"another error": {errors.ErrUnsupported, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, errors.Is(err, test.target))
		})
	}
}

// FuzzMatches compares Matches with what it means: the same code, or the class of a code that ends in 000.
func FuzzMatches(f *testing.F) {
	for _, pair := range [][2]string{
		{"23505", "23505"}, {"23000", "23505"}, {"23505", "23000"}, {"MY000", "MY001"}, {"", ""}, {"00000", "00000"},
		{"23", "23505"}, {"2300", "2300"},
	} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, code, sqlState string) {
		same := code == sqlState
		class := len(code) == 5 && strings.HasSuffix(code, "000") && strings.HasPrefix(sqlState, code[:2])
		require.Equal(t, len(sqlState) == 5 && (same || class), pgerr.Code(code).Matches(sqlState))
		if c := pgerr.Code(code); len(code) == 5 {
			require.True(t, c.Matches(code))
			require.True(t, c.Class().Matches(code))
			require.True(t, c.Group().Matches(code))
			require.Equal(t, c.Class(), c.Class().Class())
		}
	})
}
