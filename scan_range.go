package pgadapt

import (
	"fmt"
	"reflect"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

var rangeScannerType = reflect.TypeFor[pgtype.RangeScanner]()

// planRangeText scans a range into a pgtype.Range[T] or another pgtype.RangeScanner. A bound that is missing is never
// inclusive.
func planRangeText(d *decoding, info *typeInfo) textPlan {
	bound := &boundPlan{element: info.element}
	return func(d *decoding, src []byte, target reflect.Value) error {
		scanner := target.Addr().Interface().(pgtype.RangeScanner)
		if src == nil {
			return scanner.ScanNull()
		}
		parsed, err := wire.ParseRange(src)
		if err != nil {
			return err
		}
		lower, upper := scanner.ScanBounds()
		if err := bound.scan(d, parsed.Lower, lower); err != nil {
			return fmt.Errorf("lower bound: %w", err)
		}
		if err := bound.scan(d, parsed.Upper, upper); err != nil {
			return fmt.Errorf("upper bound: %w", err)
		}
		if parsed.Empty {
			return scanner.SetBoundTypes(pgtype.Empty, pgtype.Empty)
		}
		return scanner.SetBoundTypes(
			boundType(parsed.Lower, parsed.LowerInclusive), boundType(parsed.Upper, parsed.UpperInclusive))
	}
}

// boundPlan is how the bounds of ranges with an element type are scanned.
type boundPlan struct {
	element *typeInfo
	// latest is what the last bound took: the next is likely to be the same. Several goroutines may use a plan.
	latest atomic.Pointer[typedPlan]
}

// typedPlan is the plan for destinations of a type.
type typedPlan struct {
	target reflect.Type
	scan   textPlan
}

// scan scans a bound, and sets the target to zero where there is none.
func (p *boundPlan) scan(d *decoding, src []byte, target any) error {
	pointer := reflect.ValueOf(target)
	if pointer.Kind() != reflect.Pointer || pointer.IsNil() {
		return fmt.Errorf("%T is no destination", target)
	}
	if src == nil {
		pointer.Elem().SetZero()
		return nil
	}
	plan := p.latest.Load()
	if t := pointer.Type().Elem(); plan == nil || plan.target != t {
		plan = &typedPlan{target: t, scan: planText(d, p.element, t)}
		p.latest.Store(plan)
	}
	return plan.scan(d, src, pointer.Elem())
}

func boundType(bound []byte, inclusive bool) pgtype.BoundType {
	switch {
	case bound == nil:
		return pgtype.Unbounded
	case inclusive:
		return pgtype.Inclusive
	}
	return pgtype.Exclusive
}

// planMultirangeText scans a multirange into a slice of ranges such as pgtype.Multirange[T].
func planMultirangeText(d *decoding, info *typeInfo, t reflect.Type) textPlan {
	inner := planRangeText(d, info.element)
	return func(d *decoding, src []byte, target reflect.Value) error {
		if src == nil {
			return setNull(target)
		}
		ranges, err := wire.ParseMultirange(src)
		if err != nil {
			return err
		}
		target.Set(reflect.MakeSlice(t, len(ranges), len(ranges)))
		for i, text := range ranges {
			if err := inner(d, text, target.Index(i)); err != nil {
				return fmt.Errorf("range %d: %w", i+1, err)
			}
		}
		return nil
	}
}
