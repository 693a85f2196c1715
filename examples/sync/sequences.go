package main

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/compose"
)

// createSequences makes the sequences that columns take their defaults from. Those of identity columns are made with
// their tables.
func (l *link) createSequences(ctx context.Context, tx *sql.Tx) error {
	type sequence struct {
		Name    string
		Options string
	}
	sequences, err := pgadapt.Collect[sequence](l.source.QueryContext(ctx, `
		select s.sequencename as name,
		       format('as %s start %s increment %s minvalue %s maxvalue %s cache %s %s', s.data_type, s.start_value,
		              s.increment_by, s.min_value, s.max_value, s.cache_size,
		              case when s.cycle then 'cycle' else '' end) as options
		from pg_sequences s
		where s.schemaname = $1 and not exists (
			select from pg_depend where classid = 'pg_class'::regclass and deptype = 'i'
			and objid = format('%I.%I', s.schemaname, s.sequencename)::regclass)`, l.schema))
	if err != nil {
		return fmt.Errorf("reading the sequences of the source: %w", err)
	}
	for _, made := range sequences {
		statement := compose.Format("create sequence if not exists {} {}",
			compose.Identifier(l.schema, made.Name), compose.UnsafeSQL(made.Options))
		if err := execute(ctx, tx, statement); err != nil {
			return fmt.Errorf("creating sequence %s: %w", made.Name, err)
		}
	}
	return nil
}

// setSequences sets the sequences of the target to where those of the source are.
func (l *link) setSequences(ctx context.Context) error {
	type position struct {
		Name string
		Last int64
	}
	positions, err := pgadapt.Collect[position](l.source.QueryContext(ctx, `
		select format('%I.%I', schemaname, sequencename) as name, last_value as last from pg_sequences
		where schemaname = $1 and last_value is not null`, l.schema))
	if err != nil {
		return fmt.Errorf("reading the sequences of the source: %w", err)
	}
	for _, at := range positions {
		if _, err := l.target.ExecContext(ctx, "select setval($1::text::regclass, $2)", at.Name, at.Last); err != nil {
			return fmt.Errorf("setting sequence %s: %w", at.Name, err)
		}
	}
	return nil
}
