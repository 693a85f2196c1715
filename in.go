package pgadapt

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math/bits"
	"reflect"
	"strconv"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// InList is the argument that [In] gives.
type InList struct{ list any }

// In gives an argument that is written into the text as a list of parameters, ($1, $2, …), with one for each element of
// the slice or array list:
//
//	db.QueryContext(ctx, "select name from users where id in $1", pgadapt.In(ids))
//
// Elements that are slices themselves are rows: "where (a, b) in $1" takes an In([][]any{{1, "x"}, {2, "y"}}). Byte
// slices, uuids and Valuers are values.
//
// With an empty list, x in $1 is false for every row and x not in $1 is true, also where x is null. A nil among the
// elements is NULL, with SQL's own meaning: x not in (1, null) is never true.
//
// Since each length makes another text, IN gets some lengths only: from the ninth element on, up to a quarter of the
// parameters repeat the last element. A statement has at most 65535 parameters. For long lists, and for statements that
// are to be prepared, = any($1) with the slice itself is the better choice: it is one parameter.
func In(list any) InList { return InList{list} }

var (
	_ textArgument = InList{}
	_ listArgument = InList{}
)

func (InList) changesText() {}

func (l InList) expand(query string, number int, standardConforming bool) (sqllex.Expansion, []any, error) {
	elements, width, err := l.elements()
	if err != nil {
		return sqllex.Expansion{}, nil, err
	}
	if len(elements) == 0 {
		return sqllex.Expansion{EmptyList: true}, nil, nil
	}
	group := max(width, 1)
	if sqllex.OnlyAfterIn(query, number, standardConforming) {
		elements = repeatLast(elements, group)
	}
	return sqllex.Expansion{
		Parameters: len(elements),
		Append: func(dst []byte, first int) []byte {
			return appendTuples(dst, first, len(elements)/group, width)
		},
	}, elements, nil
}

// elements gives the parameters of the list, and the number of them in each row, 0 where the elements are no rows.
func (l InList) elements() (elements []any, width int, err error) {
	list := reflect.ValueOf(l.list)
	for list.Kind() == reflect.Pointer && !list.IsNil() {
		list = list.Elem()
	}
	if !list.IsValid() || !isList(list.Type()) {
		return nil, 0, fmt.Errorf("In takes a slice or an array, not %T", l.list)
	}
	for i := range list.Len() {
		element := list.Index(i).Interface()
		row := rowOf(element)
		if i == 0 && row.IsValid() {
			width = row.Len()
		}
		switch {
		case !row.IsValid() && width == 0:
			elements = append(elements, element)
			continue
		case !row.IsValid():
			return nil, 0, errors.New("In mixes rows with values")
		case row.Len() == 0:
			return nil, 0, fmt.Errorf("element %d of In is a row without values", i+1)
		case row.Len() != width:
			return nil, 0, fmt.Errorf("element %d of In is a row of another length: %d instead of %d", i+1, row.Len(), width)
		}
		for j := range row.Len() {
			elements = append(elements, row.Index(j).Interface())
		}
	}
	return elements, width, nil
}

// rowOf gives the list that an element is; the zero Value for an element that is a value.
func rowOf(element any) reflect.Value {
	if element == nil {
		return reflect.Value{}
	}
	if _, isValue := element.(driver.Valuer); isValue {
		return reflect.Value{}
	}
	row := reflect.ValueOf(element)
	if !isList(row.Type()) || row.Type().Elem().Kind() == reflect.Uint8 {
		return reflect.Value{}
	}
	return row
}

// repeatLast makes the number of groups one of a few, so that lists of any length have few texts: up to eight exactly
// that, and from there on four for each doubling.
func repeatLast(elements []any, group int) []any {
	count := len(elements) / group
	if count <= 8 {
		return elements
	}
	step := 1 << (bits.Len(uint(count-1)) - 3)
	wanted := min((count+step-1)/step*step, maxParameters/group)
	last := elements[len(elements)-group:]
	for ; count < wanted; count++ {
		elements = append(elements, last...)
	}
	return elements
}

// appendTuples writes count parameters in parentheses, or count groups of width parameters.
func appendTuples(dst []byte, first, count, width int) []byte {
	dst = append(dst, '(')
	for i := range count {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if width == 0 {
			dst = appendParameter(dst, first+i)
			continue
		}
		dst = appendTuple(dst, first+i*width, width)
	}
	return append(dst, ')')
}

// appendTuple writes width parameters in parentheses.
func appendTuple(dst []byte, first, width int) []byte {
	dst = append(dst, '(')
	for i := range width {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = appendParameter(dst, first+i)
	}
	return append(dst, ')')
}

func appendParameter(dst []byte, number int) []byte {
	return strconv.AppendInt(append(dst, '$'), int64(number), 10)
}
