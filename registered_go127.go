//go:build go1.27

package pgadapt

import (
	"bytes"
	"reflect"
)

// concernsRegistry reports whether something may be registered for a destination.
func (r *rows) concernsRegistry(destination reflect.Type) bool {
	types := r.conn.config.Types
	return types != nil && (destination.Elem() == anyType || len(types.CasterNames(destination.Elem())) > 0)
}

// planRegistered is how a column is scanned where types are registered: into an *any as the Go type that is registered
// for the column's type, and into a type that has Casters by one of them; otherwise as without a registry. The choice is
// made with the first value, since the names have to be looked up.
func planRegistered(t reflect.Type) scanPlan {
	var plan scanPlan
	chosen := false
	return func(r *rows, column *column, src []byte, destination any) (bool, error) {
		if !chosen {
			src = bytes.Clone(src) // looking up the names takes the open rows out of the network's buffer
			choice, err := r.choosePlan(column, t)
			if err != nil {
				return false, err
			}
			plan, chosen = choice, true
		}
		if plan == nil {
			return false, nil
		}
		return plan(r, column, src, destination)
	}
}

func (r *rows) choosePlan(source *column, destination reflect.Type) (scanPlan, error) {
	info, err := r.conn.typeInfo(source.oid)
	if err != nil {
		return nil, err
	}
	if err := r.conn.knowNames(); err != nil {
		return nil, err
	}
	if err := r.conn.checkCasters(destination.Elem()); err != nil {
		return nil, err
	}
	d := &r.conn.decoding
	_, isCast := d.casterFor(destination.Elem(), info)
	if isCast || destination.Elem() == anyType && d.registeredType(info) != nil {
		return planRich(destination.Elem()), nil
	}
	return planUnregistered(r, source, destination), nil
}

// checkCasters gives the error of a Caster into a Go type, or its elements, whose name the database does not have.
func (c *conn) checkCasters(goType reflect.Type) error {
	if c.config.Types == nil {
		return nil
	}
	for goType.Kind() == reflect.Pointer || isList(goType) {
		if len(c.config.Types.CasterNames(goType)) > 0 {
			break
		}
		goType = goType.Elem()
	}
	for _, name := range c.config.Types.CasterNames(goType) {
		if _, err := c.typeByName(name); err != nil {
			return err
		}
	}
	return nil
}
