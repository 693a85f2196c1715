package pgadapt

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"strconv"

	"github.com/pgadapt/pgadapt/adapt"
)

// registeredOID gives the OID of the type that an argument's Go type was registered for, 0 where it was for none or the
// database does not have it: then the type of a literal stands in, and the server has its say.
func (c *conn) registeredOID(argument any) uint32 {
	name, ok := c.config.Types.TypeName(reflect.TypeOf(argument))
	if !ok {
		return 0
	}
	oid, err := c.typeByName(name)
	if err != nil {
		return 0
	}
	return oid
}

// checkRegistered looks up the types that the arguments were registered for.
func (c *conn) checkRegistered(args []driver.NamedValue) error {
	if c.config.Types == nil {
		return nil
	}
	for i := range args {
		name, ok := c.config.Types.TypeName(reflect.TypeOf(args[i].Value))
		if !ok {
			continue
		}
		if _, err := c.typeByName(name); err != nil {
			return fmt.Errorf("pgadapt: argument $%d: %w", i+1, err)
		}
	}
	return nil
}

// typeByName looks up a registered name. The error is an *adapt.UnknownTypeError where there is no such type.
func (c *conn) typeByName(name string) (uint32, error) {
	if known, ok := c.database.byName.Load(name); ok {
		return known.(uint32), nil
	}
	rows, err := c.askCatalog("select pg_catalog.to_regtype($1)::oid", name)
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 || rows[0][0] == nil {
		return 0, &adapt.UnknownTypeError{Name: name}
	}
	oid, err := strconv.ParseUint(string(rows[0][0]), 10, 32)
	if err != nil {
		return 0, err
	}
	c.database.byName.Store(name, uint32(oid))
	return uint32(oid), nil
}
