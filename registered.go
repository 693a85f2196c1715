package pgadapt

import (
	"database/sql/driver"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/pgadapt/pgadapt/adapt"
	"github.com/pgadapt/pgadapt/internal/wire"
)

// namedType is what the catalog says of a registered name. It is zero where there is no type of that name.
type namedType struct{ oid, array uint32 }

// typeByName looks up a registered name, and all others with it that have not been found yet, in one round trip. The
// error is an *adapt.UnknownTypeError where there is no such type.
func (c *conn) typeByName(name string) (namedType, error) {
	if found := c.database.namedTypes()[name]; found.oid != 0 {
		return found, nil
	}
	if err := c.lookUpNames(name); err != nil {
		return namedType{}, err
	}
	found := c.database.namedTypes()[name]
	if found.oid == 0 {
		return namedType{}, &adapt.UnknownTypeError{Name: name}
	}
	return found, nil
}

// namedTypes gives what is known of the registered names; nil where they have to be looked up (anew).
func (d *database) namedTypes() map[string]namedType {
	if known := d.byName.Load(); known != nil {
		return *known
	}
	return nil
}

// forgetNames is called when the names may mean other types than they did: one was created, or is gone.
func (d *database) forgetNames() { d.byName.Store(nil) }

// knowNames looks up the registered names where that was not done since they may have changed.
func (c *conn) knowNames() error {
	if c.config.Types == nil || c.database.namedTypes() != nil {
		return nil
	}
	return c.lookUpNames()
}

func (c *conn) lookUpNames(further ...string) error {
	names := slices.Concat(c.config.Types.Names(), further)
	if len(names) == 0 {
		c.database.byName.Store(&map[string]namedType{})
		return nil
	}
	list := make([]byte, 0, 128)
	for i, name := range names {
		list = append(list, ",{"[min(i, 1)^1])
		list = wire.AppendArrayElement(list, []byte(name), ',')
	}
	rows, err := c.askCatalog(namesQuery, string(append(list, '}')), 3)
	if err != nil {
		return fmt.Errorf("looking up the registered types %q: %w", names, err)
	}
	known := maps.Clone(c.database.namedTypes())
	if known == nil {
		known = map[string]namedType{}
	}
	for _, row := range rows {
		oid, oidErr := strconv.ParseUint(string(row[1]), 10, 32)
		array, arrayErr := strconv.ParseUint(string(row[2]), 10, 32)
		if oidErr == nil && arrayErr == nil {
			known[string(row[0])] = namedType{uint32(oid), uint32(array)}
		}
	}
	c.database.byName.Store(&known)
	return nil
}

const namesQuery = `
select n.name, coalesce(t.oid, 0), coalesce(t.typarray, 0)
from unnest($1::text::text[]) n (name)
left join pg_catalog.pg_type t on t.oid = pg_catalog.to_regtype(n.name)`

// registeredName gives the name that a Go type was registered for; isArray says that it was its elements' type.
func (c *conn) registeredName(goType reflect.Type) (name string, isArray, ok bool) {
	if c.config.Types == nil || goType == nil {
		return "", false, false
	}
	for {
		if name, ok = c.config.Types.TypeName(goType); ok {
			return name, isArray, true
		}
		switch {
		case goType.Kind() == reflect.Pointer:
		case isList(goType):
			isArray = true
		default:
			return "", false, false
		}
		goType = goType.Elem()
	}
}

// registeredOID gives the OID of the type that an argument's Go type was registered for, 0 where it was for none or the
// database does not have it: then the type of a literal stands in, and the server has its say.
func (c *conn) registeredOID(argument any) uint32 {
	name, isArray, ok := c.registeredName(reflect.TypeOf(argument))
	if !ok {
		return 0
	}
	found, err := c.typeByName(name)
	if err != nil {
		return 0
	}
	if isArray {
		return found.array
	}
	return found.oid
}

// checkRegistered looks up the types that the arguments were registered for.
func (c *conn) checkRegistered(args []driver.NamedValue) error {
	for i := range args {
		name, _, ok := c.registeredName(reflect.TypeOf(args[i].Value))
		if !ok {
			continue
		}
		if _, err := c.typeByName(name); err != nil {
			return fmt.Errorf("pgadapt: argument $%d: %w", i+1, err)
		}
	}
	return nil
}

// haveRegistered reports whether the type of any argument was registered.
func (c *conn) haveRegistered(args []driver.NamedValue) bool {
	if c.config.Types == nil {
		return false
	}
	for i := range args {
		if _, _, ok := c.registeredName(reflect.TypeOf(args[i].Value)); ok {
			return true
		}
	}
	return false
}

// casterFor gives the registered function that scans a type into a Go type.
func (d *decoding) casterFor(goType reflect.Type, info *typeInfo) (decode func(text []byte) (any, error), ok bool) {
	for _, name := range d.registry().CasterNames(goType) {
		if d.database.namedTypes()[name].oid == info.oid {
			return d.registry().Caster(goType, name)
		}
	}
	return nil, false
}

// registeredType gives the Go type that *any gets for a type, nil where none was registered for it.
func (d *decoding) registeredType(info *typeInfo) reflect.Type {
	if d.registry() == nil {
		return nil
	}
	named := d.database.namedTypes()
	for _, name := range d.registry().Names() {
		if named[name].oid != info.oid {
			continue
		}
		if goType, ok := d.registry().GoType(name); ok && goType != anyType {
			return goType
		}
	}
	return nil
}
