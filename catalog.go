package pgadapt

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// catalog has what the connections of a Connector have read of the types of their database, by OID. A type that is
// dropped and created again has another OID.
type catalog struct{ types sync.Map }

func (d *catalog) get(oid uint32) (*typeInfo, bool) {
	if builtin, ok := builtinTypes[oid]; ok {
		return builtin, true
	}
	known, ok := d.types.Load(oid)
	if !ok {
		return nil, false
	}
	return known.(*typeInfo), true
}

// forgetChanged reports whether err says that a composite type, which the type oid is or is made of, may have other fields
// than it had when it was looked up, and forgets the type then. It is looked up again with all that it is made of.
func (d *catalog) forgetChanged(oid uint32, err error) bool {
	if _, ok := errors.AsType[*fieldsError](err); !ok {
		return false
	}
	_, known := d.types.LoadAndDelete(oid)
	return known
}

// typeInfo describes a type. It asks the catalog for one that is not known yet; rows that are open on the connection
// go on afterwards.
func (c *conn) typeInfo(oid uint32) (*typeInfo, error) {
	return c.typeInfoWithin(c.config.maxBufferedBytes(), oid)
}

// typeInfoWithin is typeInfo with a limit of its own for the open rows that have to be read ahead.
func (c *conn) typeInfoWithin(readAhead int64, oid uint32) (*typeInfo, error) {
	if known, ok := c.database.catalog.get(oid); ok {
		return known, nil
	}
	return c.readType(readAhead, oid)
}

// readType reads a type, and those that it is made of, in one round trip.
func (c *conn) readType(readAhead int64, oid uint32) (*typeInfo, error) {
	rows, err := c.askCatalogWithin(readAhead, typeQuery, strconv.FormatUint(uint64(oid), 10), 8)
	if err != nil {
		return nil, fmt.Errorf("looking up the type with OID %d: %w", oid, err)
	}
	read := make(map[uint32]*typeRow, len(rows))
	for _, row := range rows {
		parsed, err := parseTypeRow(row)
		if err != nil {
			return nil, fmt.Errorf("looking up the type with OID %d: %w", oid, err)
		}
		read[parsed.info.oid] = parsed
	}
	if read[oid] == nil {
		return nil, fmt.Errorf("there is no type with OID %d any more", oid)
	}
	for _, row := range read {
		row.link(read)
	}
	for _, row := range read {
		if row.info.schema != "" {
			c.database.catalog.types.Store(row.info.oid, row.info)
		}
	}
	c.database.forgetNames() // a registered name may be that of the new type
	return read[oid].info, nil
}

// askCatalog runs one of the driver's own queries, whose only parameter is in text and whose results are, with that
// number of columns.
func (c *conn) askCatalog(query, argument string, columns int) ([][][]byte, error) {
	return c.askCatalogWithin(c.config.maxBufferedBytes(), query, argument, columns)
}

// askCatalogWithin is askCatalog with a limit of its own for the open rows that have to be read ahead.
func (c *conn) askCatalogWithin(readAhead int64, query, argument string, columns int) ([][][]byte, error) {
	ctx, stop := context.WithTimeout(context.Background(), c.config.cancelTimeout())
	defer stop()
	if err := c.settleWithin(ctx, min(readAhead, c.config.maxBufferedBytes())); err != nil {
		return nil, err
	}
	if c.pg.TxStatus() == txFailed {
		return nil, errors.New("the transaction has failed, so that nothing can be asked")
	}
	c.incoming.Ration(ownAnswerBytes)
	defer c.incoming.Unration()
	found := c.pg.ExecParams(ctx, query, [][]byte{[]byte(argument)}, []uint32{pgtype.TextOID}, nil, nil).Read()
	for _, row := range found.Rows {
		if len(row) != columns {
			return nil, fmt.Errorf("protocol violation: the server has sent a row of %d values where %d were asked for", len(row), columns)
		}
	}
	return found.Rows, found.Err
}

// typeQuery reads a type and the types that it is made of: the elements of an array, the base of a domain, the fields
// of a composite without the dropped ones, the bounds of a range, the range of a multirange. int2vector and oidvector
// are arrays in the catalog, but their text is not that of one.
const typeQuery = `
with recursive part (oid) as (
	select $1::text::oid
	union
	select made.oid
	from part
	join pg_catalog.pg_type t on t.oid = part.oid
	cross join lateral (
		select t.typelem where t.typtype = 'b' and t.typcategory = 'A' and t.typlen = -1
		union all select t.typbasetype where t.typtype = 'd'
		union all select r.rngsubtype from pg_catalog.pg_range r where r.rngtypid = t.oid
		union all select r.rngtypid from pg_catalog.pg_range r where r.rngmultitypid = t.oid
		union all select a.atttypid from pg_catalog.pg_attribute a
			where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
	) made (oid)
	where made.oid <> 0
)
select t.oid, n.nspname, t.typname,
	case when t.typtype = 'b' and t.typcategory = 'A' and t.typlen = -1 and t.oid not in (22, 30) then 'A' else t.typtype::text end,
	t.typdelim,
	case when t.typtype = 'b' and t.typcategory = 'A' and t.typlen = -1 then t.typelem
		when t.typtype = 'd' then t.typbasetype
		when t.typtype = 'r' then (select r.rngsubtype from pg_catalog.pg_range r where r.rngtypid = t.oid)
		when t.typtype = 'm' then (select r.rngtypid from pg_catalog.pg_range r where r.rngmultitypid = t.oid)
		else 0 end,
	array(select a.attname::text from pg_catalog.pg_attribute a where t.typtype = 'c' and a.attrelid = t.typrelid
		and a.attnum > 0 and not a.attisdropped order by a.attnum),
	array(select a.atttypid from pg_catalog.pg_attribute a where t.typtype = 'c' and a.attrelid = t.typrelid
		and a.attnum > 0 and not a.attisdropped order by a.attnum)
from part
join pg_catalog.pg_type t on t.oid = part.oid
join pg_catalog.pg_namespace n on n.oid = t.typnamespace`

// typeRow is a row of typeQuery: a type whose parts are still OIDs.
type typeRow struct {
	info       *typeInfo
	element    uint32
	fieldOIDs  []uint32
	fieldNames []string
}

// kindsInCatalog translates pg_type.typtype, and the A that typeQuery gives for arrays.
var kindsInCatalog = map[string]typeKind{
	"A": arrayType, "b": scalarType, "c": compositeType, "d": domainType, "e": scalarType, "m": multirangeType,
	"p": scalarType, "r": rangeType,
}

func parseTypeRow(row [][]byte) (*typeRow, error) {
	oid, err := wire.ParseUint(row[0], 32)
	if err != nil {
		return nil, err
	}
	element, err := wire.ParseUint(row[5], 32)
	if err != nil {
		return nil, err
	}
	if len(row[4]) == 0 {
		return nil, errors.New("it has no delimiter")
	}
	parsed := &typeRow{element: uint32(element), info: &typeInfo{
		oid: uint32(oid), kind: kindsInCatalog[string(row[3])], name: string(row[2]), delimiter: row[4][0],
	}}
	if schema := string(row[1]); schema != "pg_catalog" {
		parsed.info.schema = schema
	}
	parsed.fieldNames, err = parseTexts(row[6])
	if err != nil {
		return nil, err
	}
	oids, err := parseTexts(row[7])
	if err != nil {
		return nil, err
	}
	for _, text := range oids {
		oid, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return nil, err
		}
		parsed.fieldOIDs = append(parsed.fieldOIDs, uint32(oid))
	}
	return parsed, nil
}

func parseTexts(src []byte) ([]string, error) {
	array, err := wire.ParseArray(src, ',')
	if err != nil {
		return nil, err
	}
	texts := make([]string, array.Len())
	for i := range texts {
		element, _ := array.Next(nil)
		texts[i] = string(element)
	}
	return texts, nil
}

// link replaces the OIDs of a type's parts by what was read of them.
func (t *typeRow) link(read map[uint32]*typeRow) {
	find := func(oid uint32) *typeInfo {
		if builtin, ok := builtinTypes[oid]; ok {
			return builtin
		}
		if row := read[oid]; row != nil {
			return row.info
		}
		return &typeInfo{oid: oid, name: strconv.FormatUint(uint64(oid), 10), delimiter: ','}
	}
	switch t.info.kind {
	case arrayType, domainType, rangeType, multirangeType:
		t.info.element = find(t.element)
	}
	for i, name := range t.fieldNames {
		t.info.fields = append(t.info.fields, typeField{name: name, info: find(t.fieldOIDs[i])})
	}
}
