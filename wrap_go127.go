//go:build go1.27

package pgadapt

import "reflect"

var wrapperType = reflect.TypeFor[*wrapper]()

// scanWrapper scans into what a wrapper holds, as if there were no wrapper.
func scanWrapper() scanPlan {
	var target reflect.Type
	var plan scanPlan
	return func(r *rows, column *column, src []byte, destination any) (bool, error) {
		value := destination.(*wrapper).value
		if reflect.TypeOf(value) != target {
			target = reflect.TypeOf(value)
			plan = planScan(r, column, target)
		}
		if plan == nil {
			return false, nil
		}
		return plan(r, column, src, value)
	}
}
