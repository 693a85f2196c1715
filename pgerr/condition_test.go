package pgerr_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/pgerr"
)

// codedError is an error as other drivers make it: it has a code and knows nothing of pgerr.
type codedError string

func (e codedError) Error() string    { return "error " + string(e) }
func (e codedError) SQLState() string { return string(e) }

// lostConnection is an error without a code that counts itself among the operational ones.
type lostConnection struct{}

func (lostConnection) Error() string { return "connection lost" }

func (lostConnection) Is(target error) bool { return target == pgerr.Operational }

var errorTrees = map[string]struct {
	err   error
	code  pgerr.Code // what Of gives, "" if nothing
	is    []pgerr.Condition
	isNot []pgerr.Condition
}{
	"nil":             {nil, "", nil, []pgerr.Condition{pgerr.Database, pgerr.SuccessfulCompletion}},
	"no code":         {errors.New("x"), "", nil, []pgerr.Condition{pgerr.Database}},
	"empty code":      {codedError(""), "", nil, []pgerr.Condition{pgerr.Database, pgerr.Code("")}},
	"not an SQLSTATE": {codedError("E42"), "", nil, []pgerr.Condition{pgerr.Database}},
	"pgconn": {
		err:   &pgconn.PgError{Code: "23505"},
		code:  pgerr.UniqueViolation,
		is:    []pgerr.Condition{pgerr.UniqueViolation, pgerr.IntegrityConstraintViolation, pgerr.Integrity, pgerr.Database},
		isNot: []pgerr.Condition{pgerr.CheckViolation, pgerr.DataException, pgerr.Operational},
	},
	"wrapped": {
		err:   fmt.Errorf("b: %w", fmt.Errorf("a: %w", codedError("40001"))),
		code:  pgerr.SerializationFailure,
		is:    []pgerr.Condition{pgerr.TransactionRollback, pgerr.Operational},
		isNot: []pgerr.Condition{pgerr.DeadlockDetected},
	},
	"outer without code": {
		err:  fmt.Errorf("%w: %w", codedError(""), codedError("57014")),
		code: pgerr.QueryCanceled,
		is:   []pgerr.Condition{pgerr.QueryCanceled},
	},
	"second branch": {
		err:  errors.Join(context.Canceled, codedError("57014")),
		code: pgerr.QueryCanceled,
		is:   []pgerr.Condition{pgerr.QueryCanceled, pgerr.OperatorIntervention},
	},
	"two codes": {
		err:   fmt.Errorf("%w, and the rollback: %w", codedError("23505"), codedError("57P01")),
		code:  pgerr.UniqueViolation,
		is:    []pgerr.Condition{pgerr.UniqueViolation, pgerr.AdminShutdown, pgerr.Integrity, pgerr.Operational},
		isNot: []pgerr.Condition{pgerr.CrashShutdown},
	},
	"own code": {
		err:   codedError("MY001"),
		code:  "MY001",
		is:    []pgerr.Condition{pgerr.Code("MY001"), pgerr.Code("MY000"), pgerr.Database},
		isNot: []pgerr.Condition{pgerr.Code("MY002"), pgerr.Internal},
	},
	"unknown code of a known class": {
		err:  codedError("23999"),
		code: "23999",
		is:   []pgerr.Condition{pgerr.IntegrityConstraintViolation, pgerr.Integrity},
	},
	"an Is method of its own": {
		err:   fmt.Errorf("reading: %w", lostConnection{}),
		is:    []pgerr.Condition{pgerr.Operational},
		isNot: []pgerr.Condition{pgerr.Database, pgerr.ConnectionFailure},
	},
}

func TestIsAndOf(t *testing.T) {
	t.Parallel()
	for name, test := range errorTrees {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, found := pgerr.Of(test.err)
			require.Equal(t, test.code, code)
			require.Equal(t, test.code != "", found)
			for _, condition := range test.is {
				require.True(t, pgerr.Is(test.err, condition), "%v", condition)
			}
			for _, condition := range test.isNot {
				require.False(t, pgerr.Is(test.err, condition), "%v", condition)
			}
		})
	}
}

// TestIsOfNilCondition checks that Is agrees with errors.Is about a nil target.
func TestIsOfNilCondition(t *testing.T) {
	t.Parallel()
	require.True(t, pgerr.Is(nil, nil))
	require.False(t, pgerr.Is(codedError("23505"), nil))
}

// driverError has the Is method that the documentation of Condition recommends.
type driverError struct{ codedError }

func (e driverError) Is(target error) bool {
	condition, ok := target.(pgerr.Condition)
	return ok && condition.Matches(e.SQLState())
}

func TestErrorsIsWithRecommendedMethod(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("saving: %w", driverError{"23505"})
	require.ErrorIs(t, err, pgerr.UniqueViolation)
	require.ErrorIs(t, err, pgerr.IntegrityConstraintViolation)
	require.ErrorIs(t, err, pgerr.Integrity)
	require.NotErrorIs(t, err, pgerr.NotNullViolation)
	require.NotErrorIs(t, err, errors.ErrUnsupported)
}

func TestNothingAllocates(t *testing.T) {
	foreign := fmt.Errorf("saving: %w", &pgconn.PgError{Code: "23505"})
	own := fmt.Errorf("saving: %w", driverError{"23505"})
	for name, work := range map[string]func() bool{
		"Of": func() bool {
			code, _ := pgerr.Of(foreign)
			return code == pgerr.UniqueViolation
		},
		"Is code":        func() bool { return pgerr.Is(foreign, pgerr.UniqueViolation) },
		"Is class":       func() bool { return pgerr.Is(foreign, pgerr.IntegrityConstraintViolation) },
		"Is group":       func() bool { return pgerr.Is(foreign, pgerr.Integrity) },
		"Is not":         func() bool { return !pgerr.Is(foreign, pgerr.Operational) },
		"errors.Is":      func() bool { return errors.Is(own, pgerr.UniqueViolation) },
		"Matches":        func() bool { return pgerr.UniqueViolation.Matches("23505") },
		"class Matches":  func() bool { return pgerr.IntegrityConstraintViolation.Matches("23505") },
		"group Matches":  func() bool { return pgerr.Integrity.Matches("23505") },
		"Class":          func() bool { return pgerr.UniqueViolation.Class() == pgerr.IntegrityConstraintViolation },
		"Name":           func() bool { return pgerr.UniqueViolation.Name() == "unique_violation" },
		"Lookup":         func() bool { code, _ := pgerr.Lookup("23505"); return code == pgerr.UniqueViolation },
		"Lookup a class": func() bool { code, _ := pgerr.Lookup("23"); return code.IsClass() },
	} {
		t.Run(name, func(t *testing.T) {
			require.True(t, work())
			require.Zero(t, testing.AllocsPerRun(100, func() { work() }))
		})
	}
}
