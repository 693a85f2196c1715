package pgadapt

import (
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// typeKind is how values of a type are made of others.
type typeKind uint8

const (
	// scalarType is a type whose values are not made of others, as far as the driver is concerned. Enums are, too.
	scalarType typeKind = iota
	arrayType
	rangeType
	multirangeType
	compositeType
	domainType
)

// typeInfo describes a type: what its values are made of.
type typeInfo struct {
	oid  uint32
	kind typeKind
	// schema and name are those of the catalog; schema is empty for pg_catalog's.
	schema, name string
	// element is the type of an array's elements, a range's bounds, a multirange's ranges, and a domain's base.
	element *typeInfo
	// delimiter separates an array's elements in its text, a comma for all types but box.
	delimiter byte
	// fields are a composite's, in order.
	fields []typeField
}

// typeField is a field of a composite type.
type typeField struct {
	name string
	info *typeInfo
}

// String gives the name as errors show it.
func (t *typeInfo) String() string {
	if t.schema != "" {
		return t.schema + "." + t.name
	}
	return t.name
}

// builtinElements has the types that the built-in ranges are made of, and the ranges that multiranges are.
var builtinElements = map[uint32]struct {
	kind    typeKind
	element uint32
}{
	pgtype.Int4rangeOID: {rangeType, pgtype.Int4OID},
	pgtype.Int8rangeOID: {rangeType, pgtype.Int8OID},
	pgtype.NumrangeOID:  {rangeType, pgtype.NumericOID},
	pgtype.DaterangeOID: {rangeType, pgtype.DateOID},
	pgtype.TsrangeOID:   {rangeType, pgtype.TimestampOID},
	pgtype.TstzrangeOID: {rangeType, pgtype.TimestamptzOID},

	pgtype.Int4multirangeOID: {multirangeType, pgtype.Int4rangeOID},
	pgtype.Int8multirangeOID: {multirangeType, pgtype.Int8rangeOID},
	pgtype.NummultirangeOID:  {multirangeType, pgtype.NumrangeOID},
	pgtype.DatemultirangeOID: {multirangeType, pgtype.DaterangeOID},
	pgtype.TsmultirangeOID:   {multirangeType, pgtype.TsrangeOID},
	pgtype.TstzmultirangeOID: {multirangeType, pgtype.TstzrangeOID},
}

// builtinTypes describes the types that every database has, and arrayOIDs has the array type of each.
var builtinTypes, arrayOIDs = describeBuiltins()

// describeBuiltins runs at each start of a program that links the driver: the maps have their sizes, and the descriptions
// lie in one piece.
func describeBuiltins() (types map[uint32]*typeInfo, arrays map[uint32]uint32) {
	count := wire.CountTypes()
	types, arrays = make(map[uint32]*typeInfo, count), make(map[uint32]uint32, count/2)
	infos, byName := make([]typeInfo, 0, count), make(map[string]*typeInfo, count)
	for oid, name := range wire.CatalogNames() {
		infos = append(infos, typeInfo{oid: oid, name: name, delimiter: ','})
		info := &infos[len(infos)-1]
		types[oid], byName[name] = info, info
	}
	for i := range infos {
		info := &infos[i]
		if element, ok := byName[strings.TrimPrefix(info.name, "_")]; ok && element != info {
			info.kind, info.element = arrayType, element
			arrays[element.oid] = info.oid
		}
		if made, ok := builtinElements[info.oid]; ok {
			info.kind, info.element = made.kind, types[made.element]
		}
	}
	types[pgtype.BoxArrayOID].delimiter = ';'
	return types, arrays
}

// arrayOf gives the array type of a built-in type, 0 where there is none.
func arrayOf(oid uint32) uint32 { return arrayOIDs[oid] }
