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
	case isLostType(err) && failed.hasOwnTypes():
		c.statements.discard(failed)
		c.database.forgetNames()
		return c.pg.TxStatus() == txIdle
	case isOtherRecord(err) && c.forgetParameterTypes(failed):
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

// isLostType reports whether err says that a type was dropped which a statement was parsed with: it may have been created
// again, with another OID. The message is one of those that PostgreSQL does not translate.
func isLostType(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pgErr.Code == sqlStateInternalError && strings.HasPrefix(pgErr.Message, "cache lookup failed for type ")
}

// hasOwnTypes reports whether a parameter or a column is of a type of the database's own.
func (s *statement) hasOwnTypes() bool {
	if s.description == nil {
		return false
	}
	return slices.ContainsFunc(s.description.ParamOIDs, func(oid uint32) bool { return oid >= firstOIDOfUsers }) ||
		slices.ContainsFunc(s.description.Fields, func(field pgconn.FieldDescription) bool {
			return field.DataTypeOID >= firstOIDOfUsers
		})
}

// isOtherRecord reports whether the server has refused the text of a composite value: its type may have got or lost a
// field.
func isOtherRecord(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pgErr.Code == sqlStateInvalidTextRepresentation && pgErr.Routine == "record_in"
}

// forgetParameterTypes forgets what was looked up of the parameters' types, and reports whether that was anything.
func (c *conn) forgetParameterTypes(failed *statement) bool {
	if failed.description == nil {
		return false
	}
	forgotten := false
	for _, oid := range failed.description.ParamOIDs {
		if _, looked := c.database.catalog.types.LoadAndDelete(oid); looked {
			forgotten = true
		}
	}
	return forgotten
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
