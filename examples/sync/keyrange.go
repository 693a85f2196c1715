package main

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/compose"
)

// keyRange is a chunk of a table: the rows whose primary keys come after one key, up to and including another. The keys
// are the texts of their columns; nil is the beginning and the end of the table.
type keyRange struct {
	after, upTo []string
}

// String gives the range for people to read.
func (r keyRange) String() string {
	switch {
	case r.after == nil && r.upTo == nil:
		return "whole"
	case r.after == nil:
		return "up to " + keyText(r.upTo)
	case r.upTo == nil:
		return "after " + keyText(r.after)
	}
	return "after " + keyText(r.after) + " up to " + keyText(r.upTo)
}

func keyText(key []string) string { return "(" + strings.Join(key, ", ") + ")" }

// queryer is a *sql.DB or a *sql.Tx.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// nextRange gives the chunk of at most so many rows that begins after a key. The last one has no end, so that it has
// the rows that come later, too, and those that only the target has. A table without a primary key is one chunk.
func (t *table) nextRange(ctx context.Context, db queryer, after []string, rows int) (keyRange, error) {
	if len(t.key) == 0 {
		return keyRange{}, nil
	}
	var texts []compose.Composed
	for _, c := range t.key {
		texts = append(texts, compose.Format("{}::text", compose.Identifier(c.Name)))
	}
	query := compose.Format("select array[{}] from {} where {} order by {} offset {} limit 1",
		compose.Join(", ", texts...), t.identifier(), t.condition(keyRange{after: after}), t.keyOrder(),
		compose.Literal(rows-1)).String()
	next := keyRange{after: after}
	err := db.QueryRowContext(ctx, query).Scan(pgadapt.Array(&next.upTo))
	if errors.Is(err, sql.ErrNoRows) {
		return next, nil
	}
	return next, err
}

// keyOrder gives the columns of the primary key in the one order that all databases share: a collation may be another
// one elsewhere, even under the same name.
func (t *table) keyOrder() compose.Composed {
	var columns []compose.Composed
	for _, c := range t.key {
		columns = append(columns, c.ordered(compose.Identifier(c.Name)))
	}
	return compose.Join(", ", columns...)
}

// ordered gives an expression under the order of the column's type, which is that of the bytes for texts.
func (c column) ordered(expression compose.Composed) compose.Composed {
	if !c.Collates {
		return expression
	}
	return compose.Format(`{} collate "C"`, expression)
}

// condition gives what the rows of a range have in common, as SQL. It is part of COPY statements, which take no
// parameters.
func (t *table) condition(r keyRange) compose.Composed {
	conditions := []compose.Composed{compose.SQL("true")}
	if r.after != nil {
		conditions = append(conditions, compose.Format("({}) > ({})", t.keyOrder(), t.keyLiteral(r.after)))
	}
	if r.upTo != nil {
		conditions = append(conditions, compose.Format("({}) <= ({})", t.keyOrder(), t.keyLiteral(r.upTo)))
	}
	return compose.Join(" and ", conditions...)
}

func (t *table) keyLiteral(key []string) compose.Composed {
	var values []compose.Composed
	for i, c := range t.key {
		values = append(values, compose.Format("{}::{}", compose.Literal(key[i]), compose.UnsafeSQL(c.Type)))
	}
	return compose.Join(", ", values...)
}
