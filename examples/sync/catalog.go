package main

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/compose"
)

// table is a table as the catalog of the source has it.
type table struct {
	schema, name string
	columns      []column
	key          []column // of the primary key, in its order; none if there is no primary key
	kind         string   // pg_class.relkind
}

// column is a column as the catalog has it. Types and expressions are SQL texts.
type column struct {
	Name      string
	Type      string
	Collation *string // where it is not the type's
	NotNull   bool
	Default   *string // or the expression of a generated column
	Identity  string  // a: always, d: by default, or empty
	Generated string  // s: stored, v: virtual, or empty
	Sequence  *string // the options of an identity column
	KeyPlace  int     // from 1 in the primary key; 0 outside of it
	Collates  bool    // whether the order of its values depends on a collation
	Binary    bool    // whether its binary form means the same in another database
}

// String gives the name for people to read.
func (t *table) String() string { return t.schema + "." + t.name }

// identifier gives the name for statements.
func (t *table) identifier() compose.Composed { return compose.Identifier(t.schema, t.name) }

// copied gives the columns whose values are copied: a generated one makes its own.
func (t *table) copied() []column {
	var columns []column
	for _, c := range t.columns {
		if c.Generated == "" {
			columns = append(columns, c)
		}
	}
	return columns
}

// copiedNames gives the names of those columns as a list for statements.
func (t *table) copiedNames() compose.Composed {
	var names []string
	for _, c := range t.copied() {
		names = append(names, c.Name)
	}
	return compose.Join(", ", compose.Identifiers(names...)...)
}

// tablesOf reads the tables of a schema from the catalog.
func tablesOf(ctx context.Context, db *sql.DB, schema string) ([]*table, error) {
	type name struct{ Name, Kind string }
	names, err := pgadapt.Collect[name](db.QueryContext(ctx, `
		select c.relname as name, c.relkind::text as kind
		from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = $1 and c.relkind in ('r', 'p') order by 1`, schema))
	if err != nil {
		return nil, fmt.Errorf("reading the catalog: %w", err)
	}
	var tables []*table
	for _, found := range names {
		table := &table{schema: schema, name: found.Name, kind: found.Kind}
		if err := table.readColumns(ctx, db); err != nil {
			return nil, fmt.Errorf("reading the catalog of %s: %w", table, err)
		}
		tables = append(tables, table)
	}
	return tables, nil
}

// Values of an array have the OID of their elements' type in their binary form, and composite values those of their
// fields' types; the OIDs of types that users make differ between databases. The OIDs in regclass and its like, too, mean
// nothing elsewhere, and some types have no binary form at all.
const columnsQuery = `
	with recursive part (attnum, typid) as (
		select attnum, atttypid from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped
		union
		select p.attnum, inner_type.typid
		from part p join pg_type t on t.oid = p.typid cross join lateral (
			select t.typelem where t.typelem <> 0 and t.typlen = -1
			union all select t.typbasetype where t.typtype = 'd'
			union all select r.rngsubtype from pg_range r where t.oid in (r.rngtypid, r.rngmultitypid)
			union all select f.atttypid from pg_attribute f
			          where t.typtype = 'c' and f.attrelid = t.typrelid and f.attnum > 0 and not f.attisdropped
		) inner_type (typid)
	), fitness as (
		select p.attnum, bool_and(
			t.typsend <> 0 and t.typreceive <> 0 and t.typname !~ '^reg'
			and not (t.typelem >= 16384 and t.typlen = -1)
			and not exists (select from pg_attribute f where t.typtype = 'c' and f.attrelid = t.typrelid
			                and f.attnum > 0 and not f.attisdropped and f.atttypid >= 16384)) as fits
		from part p join pg_type t on t.oid = p.typid group by p.attnum
	)
	select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
	       case when a.attcollation <> t.typcollation then
	         (select format('%I.%I', n.nspname, c.collname) from pg_collation c
	          join pg_namespace n on n.oid = c.collnamespace where c.oid = a.attcollation) end as collation,
	       a.attnotnull as not_null, pg_get_expr(d.adbin, d.adrelid) as "default",
	       a.attidentity::text as identity, a.attgenerated::text as generated,
	       (select format('sequence name %s start %s increment %s minvalue %s maxvalue %s cache %s %s',
	                      s.seqrelid::regclass, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
	                      case when s.seqcycle then 'cycle' else '' end)
	        from pg_sequence s where a.attidentity <> ''
	          and s.seqrelid = pg_get_serial_sequence(a.attrelid::regclass::text, a.attname)::regclass) as sequence,
	       coalesce((select k.place from pg_index i
	                 cross join unnest(i.indkey::int2[]) with ordinality k (attnum, place)
	                 where i.indrelid = a.attrelid and i.indisprimary and k.attnum = a.attnum
	                   and k.place <= i.indnkeyatts), 0)::int as key_place,
	       a.attcollation <> 0 as collates, fitness.fits as binary
	from pg_attribute a
	join pg_type t on t.oid = a.atttypid
	join fitness using (attnum)
	left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
	where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped
	order by a.attnum`

func (t *table) readColumns(ctx context.Context, db *sql.DB) (err error) {
	t.columns, err = pgadapt.Collect[column](db.QueryContext(ctx, columnsQuery, t.identifier().String()))
	if err != nil {
		return err
	}
	for place := 1; ; place++ {
		found := false
		for _, c := range t.columns {
			if c.KeyPlace == place {
				t.key, found = append(t.key, c), true
			}
		}
		if !found {
			return nil
		}
	}
}

// format gives the format of COPY in which the values of all columns mean the same in another database.
func (t *table) format() string {
	for _, c := range t.copied() {
		if !c.Binary {
			return "text"
		}
	}
	return "binary"
}
