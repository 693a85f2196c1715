package pgadapt

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// healed reports whether a statement that has ended in err was stale and is worth running once more, prepared
// anew. The server refuses a stale plan before it runs anything. Inside a transaction the error has aborted it,
// so that only the next transaction can profit.
func (c *conn) healed(ctx context.Context, failed *statement, err error) bool {
	switch {
	case isStalePlan(err):
		c.staleBehindPooler(ctx)
		c.statements.discard(failed)
		return c.pg.TxStatus() == txIdle
	case failed.isFresh(err) || !mayComeFromStaleTypes(err):
		return false
	}
	c.statements.discard(failed)
	if c.pg.TxStatus() == txFailed {
		return false
	}
	fresh, err := c.statement(ctx, failed.query)
	return err == nil && !fresh.hasTypesOf(failed)
}

// isStalePlan reports whether err says that a prepared statement no longer fits: a change of schema gave its
// result other columns, or the session has lost it (DISCARD ALL, DEALLOCATE, another backend behind a
// pooler). PostgreSQL raises both before it runs anything.
func isStalePlan(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	switch pgErr.Code {
	case sqlStateInvalidSQLStatementName:
		return true
	case sqlStateFeatureNotSupported:
		return pgErr.Routine == "RevalidateCachedQuery"
	case sqlStateProtocolViolation:
		// "bind message has n result formats but query has m columns": the columns known from an earlier
		// description are no longer those of the query.
		return pgErr.Routine == "PortalSetResultFormat"
	}
	return false
}

// mayComeFromStaleTypes reports whether err is one that a statement gets when a column has changed its type since:
// the server still takes the parameters for what they were, and finds no operator (class 42, syntax error or
// access rule violation), or the argument no longer fits what the driver believes the parameter to be.
func mayComeFromStaleTypes(err error) bool {
	if _, ok := err.(*argumentError); ok {
		return true
	}
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && strings.HasPrefix(pgErr.Code, "42")
}

// isFresh reports whether the statement had never been sent before the execution that ended in err.
func (s *statement) isFresh(err error) bool {
	if _, unsent := err.(*argumentError); unsent {
		return s.executions == 0
	}
	return s.executions <= 1
}

// hasTypesOf reports whether two descriptions of a text agree in the types of parameters and result.
func (s *statement) hasTypesOf(other *statement) bool {
	if s.description == nil || other.description == nil {
		return s.description == other.description
	}
	return slices.Equal(s.description.ParamOIDs, other.description.ParamOIDs) &&
		slices.EqualFunc(s.description.Fields, other.description.Fields, func(one, two pgconn.FieldDescription) bool {
			return one.DataTypeOID == two.DataTypeOID && one.Name == two.Name
		})
}
