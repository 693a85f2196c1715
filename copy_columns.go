package pgadapt

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/sqllex"
	"github.com/pgadapt/pgadapt/internal/wire"
)

// copyColumn is a column that a COPY fills.
type copyColumn struct {
	name string
	// oid is the type's, or the base type's of a domain.
	oid uint32
	// text says that the binary form of the type is its text.
	text bool
}

// copyColumns asks the server for the columns of a COPY.
func (c *conn) copyColumns(ctx context.Context, parts sqllex.CopyParts) ([]copyColumn, error) {
	list := parts.Columns
	if list == "" {
		found, err := c.insertableColumns(ctx, parts.Table)
		if err != nil {
			return nil, err
		}
		list = found
	}
	mark := c.transport.written()
	fields, err := c.describeColumns(ctx, "select "+list+" from "+parts.Table+" limit 0")
	if err != nil {
		return nil, c.failure(ctx, mark, err)
	}
	columns := make([]copyColumn, len(fields))
	for i, field := range fields {
		columns[i] = copyColumn{name: field.Name, oid: field.DataTypeOID}
		columns[i].text, err = c.isTextInBinary(ctx, field.DataTypeOID)
		if err != nil {
			return nil, err
		}
	}
	return columns, nil
}

// insertableColumns gives the list of the columns that a COPY without one fills: all but the generated ones.
func (c *conn) insertableColumns(ctx context.Context, table string) (string, error) {
	name, err := wire.AppendStringLiteral(nil, table, c.standardConformingStrings())
	if err != nil {
		return "", err
	}
	return c.single(ctx, "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_catalog.pg_attribute "+
		"where attrelid = "+string(name)+"::pg_catalog.regclass and attnum > 0 and not attisdropped and attgenerated = ''")
}

// describeColumns gives the columns of a query without running it, where the execution mode lets the server describe
// anything.
func (c *conn) describeColumns(ctx context.Context, query string) ([]pgconn.FieldDescription, error) {
	if c.config.ExecMode == ExecModeSimpleProtocol {
		var fields []pgconn.FieldDescription
		results := c.pg.Exec(ctx, query)
		for results.NextResult() {
			fields = slices.Clone(results.ResultReader().FieldDescriptions())
			_, _ = results.ResultReader().Close() // its error is also that of results
		}
		return fields, results.Close()
	}
	description, err := c.pg.Prepare(ctx, "", query, nil)
	if err != nil {
		return nil, err
	}
	return description.Fields, nil
}

// isTextInBinary reports whether a type receives in binary what it takes as text. For types that are not PostgreSQL's
// own, such as enums, the catalog says it.
func (c *conn) isTextInBinary(ctx context.Context, oid uint32) (bool, error) {
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.JSONOID, pgtype.XMLOID, pgtype.UnknownOID:
		return true, nil
	}
	if oid < firstOIDOfUsers {
		return false, nil
	}
	if known, ok := c.database.receives.Load(oid); ok {
		return isTextFunction(known.(string)), nil
	}
	receive, err := c.single(ctx, fmt.Sprintf("select p.proname from pg_catalog.pg_type t "+
		"join pg_catalog.pg_proc p on p.oid = t.typreceive where t.oid = %d", oid))
	if err != nil {
		return false, err
	}
	c.database.receives.Store(oid, receive)
	return isTextFunction(receive), nil
}

// isTextFunction reports whether a type's receive function takes the text.
func isTextFunction(receive string) bool {
	switch receive {
	case "enum_recv", "textrecv", "varcharrecv", "bpcharrecv", "citextrecv":
		return true
	}
	return false
}

// firstOIDOfUsers is FirstNormalObjectId in PostgreSQL's access/transam.h.
const firstOIDOfUsers = 16384

// single gives the only value of one of the driver's own queries, as text; empty for NULL and for no row.
func (c *conn) single(ctx context.Context, query string) (string, error) {
	mark := c.transport.written()
	c.incoming.Ration(ownAnswerBytes)
	defer c.incoming.Unration()
	results, err := c.pg.Exec(ctx, query).ReadAll()
	if err != nil {
		return "", c.failure(ctx, mark, err)
	}
	if len(results) == 0 || len(results[0].Rows) == 0 || len(results[0].Rows[0]) == 0 {
		return "", nil
	}
	return string(results[0].Rows[0][0]), nil
}
