package pgadapt

import (
	"strconv"
	"strings"

	"github.com/pgadapt/pgadapt/internal/sqllex"
	"github.com/pgadapt/pgadapt/internal/wire"
)

// PostgreSQL does not say whether a column of a result can be NULL. It says which column of which table the values come
// from, if they come from one as they are (PostgreSQL documentation, "Message Formats", RowDescription), and the catalog
// knows whether that is NOT NULL. What this gives is never wrong in one direction: a column is only said to have no NULL
// where nothing in the statement can bring one in.

// columnOrigin is the column of a table that the values of a result column are those of; table is 0 where they are not.
type columnOrigin struct {
	table  uint32
	number uint16
}

// nullableColumns says for the columns of a table, by their numbers, whether they can be NULL. It is nil for what is no
// table, and for a table whose constraints say nothing.
type nullableColumns map[uint16]bool

// metadataReadAhead bounds the rows that are read ahead to learn whether a column can be NULL: the answer is not worth
// a large result in memory.
const metadataReadAhead = 1 << 20

// nullable reports whether a column of the present result set can be NULL. It asks the catalog for all tables of the
// result in one round trip, once for all connections of a Connector.
func (r *rows) nullable(index int) (nullable, ok bool) {
	origin := r.shape.columns[index].origin
	if origin.table == 0 {
		return false, false
	}
	columns, known := r.conn.database.nullable.Load(origin.table)
	if !known {
		r.readNullable()
		columns, known = r.conn.database.nullable.Load(origin.table)
	}
	if !known {
		return false, false
	}
	nullable, ok = columns.(nullableColumns)[origin.number]
	if ok && !nullable && r.conn.mayAddNulls(r.query) {
		return false, false
	}
	return nullable, ok
}

// readNullable reads what the catalog says of the tables of the present result set. It is without effect in a failed
// transaction, and where the open rows are too many to be read ahead.
func (r *rows) readNullable() {
	tables := map[uint32]nullableColumns{}
	array := []byte{'{'}
	for i := range r.shape.columns {
		table := r.shape.columns[i].origin.table
		if _, listed := tables[table]; listed || table == 0 {
			continue
		}
		if len(tables) > 0 {
			array = append(array, ',')
		}
		tables[table] = nil
		array = strconv.AppendUint(array, uint64(table), 10)
	}
	found, err := r.conn.askCatalogWithin(metadataReadAhead, nullableQuery, string(append(array, '}')), 3)
	if err != nil {
		return
	}
	for _, row := range found {
		table, tableErr := wire.ParseUint(row[0], 32)
		number, numberErr := wire.ParseInt(row[1], 16)
		if tableErr != nil || numberErr != nil {
			return
		}
		if tables[uint32(table)] == nil {
			tables[uint32(table)] = nullableColumns{}
		}
		tables[uint32(table)][uint16(number)] = string(row[2]) == "t"
	}
	for table, columns := range tables {
		r.conn.database.nullable.Store(table, columns)
	}
}

// nullableQuery reads the columns of ordinary and partitioned tables. A view has no constraints, those of a foreign
// table are not enforced, and those of a table need not hold in the tables that inherit from it; from PostgreSQL 18 on
// the rows of a table need not satisfy a constraint that is NOT VALID. A domain that is NOT NULL does not keep a column
// from being NULL (CREATE DOMAIN, "Notes").
const nullableQuery = `
select a.attrelid, a.attnum, not a.attnotnull or exists (
	select from pg_catalog.pg_constraint k
	where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey = array[a.attnum] and not k.convalidated)
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
where a.attrelid = any($1::text::oid[]) and not a.attisdropped
	and (c.relkind = 'p' or c.relkind = 'r' and not c.relhassubclass)`

// addsNulls has the words of an SQL text that can make a column NULL which is not in its table: outer joins, grouping
// sets, the row before an INSERT and after a DELETE in RETURNING, and the statements whose own text is elsewhere. Where
// one of them is the name of something else, nothing is lost but an answer.
var addsNulls = map[string]bool{
	"left": true, "right": true, "full": true,
	"rollup": true, "cube": true, "grouping": true,
	"old": true, "new": true, "merge": true,
	"execute": true, "fetch": true,
}

// mayAddNulls reports whether a statement may give NULL for a column that its table has no NULL in.
func (c *conn) mayAddNulls(query string) bool {
	lexer := sqllex.New(query, c.standardConformingStrings())
	for token, ok := lexer.Next(); ok; token, ok = lexer.Next() {
		if token.Kind == sqllex.Word && addsNulls[strings.ToLower(token.Text(query))] {
			return true
		}
	}
	return false
}
