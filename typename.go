package pgadapt

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// database is what the connections of a Connector have learnt of their database.
type database struct {
	// names has the names of its own types, by OID.
	names   sync.Map
	catalog catalog
	// nullable has the nullableColumns of tables, by OID.
	nullable sync.Map
	// receives has the names of the functions that read types of its own in binary, by OID.
	receives sync.Map
	// byName has the OIDs of types that were registered by name.
	byName  atomic.Pointer[map[string]namedType]
	untyped untypedTexts
	way     way
	roles   roleChanges
}

// typeName gives the name of a type in the catalog, in upper case, and its OID where the name cannot be had.
func (c *conn) typeName(oid uint32) string {
	if name, ok := wire.TypeName(oid); ok {
		return name
	}
	if name, ok := c.database.names.Load(oid); ok {
		return name.(string)
	}
	name, err := c.lookUpTypeName(oid)
	if err != nil {
		return strconv.FormatUint(uint64(oid), 10)
	}
	c.database.names.Store(oid, name)
	return name
}

// lookUpTypeName asks the catalog. Rows that are open on the connection go on afterwards; in a failed
// transaction there is no asking.
func (c *conn) lookUpTypeName(oid uint32) (string, error) {
	ctx, stop := context.WithTimeout(context.Background(), c.config.cancelTimeout())
	defer stop()
	if err := c.settle(ctx); err != nil {
		return "", err
	}
	if c.pg.TxStatus() == txFailed {
		return "", errors.New("the transaction has failed")
	}
	key := strconv.AppendUint(nil, uint64(oid), 10)
	found := c.pg.ExecParams(ctx, "select typname from pg_catalog.pg_type where oid = $1",
		[][]byte{key}, []uint32{pgtype.OIDOID}, nil, nil).Read()
	if found.Err != nil {
		return "", found.Err
	}
	if len(found.Rows) == 0 {
		return strconv.FormatUint(uint64(oid), 10), nil
	}
	return strings.ToUpper(string(found.Rows[0][0])), nil
}

// builtinTypeName gives the name of a type in errors, where nobody is asked.
func builtinTypeName(oid uint32) string {
	if name, ok := wire.TypeName(oid); ok {
		return strings.ToLower(name)
	}
	return "with OID " + strconv.FormatUint(uint64(oid), 10)
}

// nameInErrors is builtinTypeName with the names of the database's own types that are known.
func (c *conn) nameInErrors(oid uint32) string {
	if known, ok := c.database.catalog.get(oid); ok {
		return known.String()
	}
	return builtinTypeName(oid)
}
