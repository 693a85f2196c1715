package pgadapt

import (
	"fmt"
	"reflect"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// planCompositeText scans a composite value into a struct by the names of the fields, into a map by them, or into a
// slice by their order. It is nil for a destination that takes the whole text.
func planCompositeText(d *decoding, info *typeInfo, t reflect.Type) textPlan {
	switch {
	case t.Kind() == reflect.Struct && t != timeType && !isTextUnmarshaler(t):
		return planCompositeIntoStruct(d, info, t)
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String:
		return planCompositeIntoMap(d, info, t)
	case t.Kind() == reflect.Slice && isList(t):
		return planCompositeIntoSlice(d, info, t)
	}
	return nil
}

func planCompositeIntoStruct(d *decoding, info *typeInfo, t reflect.Type) textPlan {
	indexes, err := compositeFields(d.registry(), info, t)
	if err != nil {
		return func(*decoding, []byte, reflect.Value) error { return err }
	}
	plans := make([]textPlan, len(indexes))
	for i, index := range indexes {
		plans[i] = planText(d, info.fields[i].info, t.FieldByIndex(index).Type)
	}
	return func(d *decoding, src []byte, target reflect.Value) error {
		if src == nil {
			return nullError(t)
		}
		if info.oid == 0 && len(src) > 0 && src[0] == '{' {
			return scanJSON(d, src, target) // nobody knows the type, but this is no composite value
		}
		target.SetZero()
		return scanFields(d, info, src, func(i int, text []byte) error {
			return plans[i](d, text, target.FieldByIndex(indexes[i]))
		})
	}
}

func planCompositeIntoMap(d *decoding, info *typeInfo, t reflect.Type) textPlan {
	plans := plansOfFields(d, info, t.Elem())
	return func(d *decoding, src []byte, target reflect.Value) error {
		if src == nil {
			return setNull(target)
		}
		filled := reflect.MakeMapWithSize(t, len(plans))
		err := scanFields(d, info, src, func(i int, text []byte) error {
			value := reflect.New(t.Elem()).Elem()
			err := plans[i](d, text, value)
			filled.SetMapIndex(reflect.ValueOf(info.fields[i].name).Convert(t.Key()), value)
			return err
		})
		target.Set(filled)
		return err
	}
}

func planCompositeIntoSlice(d *decoding, info *typeInfo, t reflect.Type) textPlan {
	plans := plansOfFields(d, info, t.Elem())
	return func(d *decoding, src []byte, target reflect.Value) error {
		if src == nil {
			return setNull(target)
		}
		target.Set(reflect.MakeSlice(t, len(plans), len(plans)))
		return scanFields(d, info, src, func(i int, text []byte) error {
			return plans[i](d, text, target.Index(i))
		})
	}
}

// planRecordText scans a row of no named type, such as row(1, 'a'), into a slice of its fields. PostgreSQL does not say
// what they are: each is its text.
func planRecordText(d *decoding, t reflect.Type) textPlan {
	inner := planText(d, builtinTypes[pgtype.TextOID], t.Elem())
	return func(d *decoding, src []byte, target reflect.Value) error {
		if src == nil {
			return setNull(target)
		}
		fields, err := wire.ParseComposite(src)
		if err != nil {
			return err
		}
		filled := reflect.MakeSlice(t, 0, 4)
		for number := 1; ; number++ {
			text, _, more, err := fields.Next(nil)
			if err != nil {
				return err
			}
			if !more {
				break
			}
			value := reflect.New(t.Elem()).Elem()
			if err := inner(d, text, value); err != nil {
				return fmt.Errorf("field %d: %w", number, err)
			}
			filled = reflect.Append(filled, value)
		}
		target.Set(filled)
		return nil
	}
}

func plansOfFields(d *decoding, info *typeInfo, t reflect.Type) []textPlan {
	plans := make([]textPlan, len(info.fields))
	for i, field := range info.fields {
		plans[i] = planText(d, field.info, t)
	}
	return plans
}

func fieldCountError(info *typeInfo) error {
	return fieldsErrorf("the value has not the %d fields that %s had when it was looked up", len(info.fields), info)
}

// scanFields hands the text of each field to scan, nil for NULL.
func scanFields(d *decoding, info *typeInfo, src []byte, scan func(i int, text []byte) error) error {
	fields, err := wire.ParseComposite(src)
	if err != nil {
		return err
	}
	for i := range info.fields {
		text, _, ok, err := fields.Next(nil)
		if err != nil {
			return err
		}
		if !ok {
			return fieldCountError(info)
		}
		if err := scan(i, text); err != nil {
			return fmt.Errorf("field %q: %w", info.fields[i].name, err)
		}
	}
	if _, _, more, _ := fields.Next(nil); more && len(info.fields) > 0 {
		return fieldCountError(info)
	}
	return nil
}
