package pgadapt

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// NamedArgs gives all arguments of a statement by their names, as the only argument:
//
//	db.QueryContext(ctx, "select * from users where id = @id", pgadapt.NamedArgs{"id": 7})
//
// It is the same as a [database/sql.Named] for each of them.
type NamedArgs map[string]any

var _ textArgument = NamedArgs(nil)

func (NamedArgs) changesText() {}

var errNamedArgsNotAlone = errors.New("pgadapt: NamedArgs stands for all arguments of a statement: " +
	"pass it alone, or put the others into it")

// spreadNamedArgs gives the arguments that a NamedArgs among args stands for, in the order of their names, or args
// themselves if there is none.
func spreadNamedArgs(args []driver.NamedValue) ([]driver.NamedValue, error) {
	if !slices.ContainsFunc(args, isNamedArgs) {
		return args, nil
	}
	if len(args) > 1 || args[0].Name != "" {
		return nil, errNamedArgsNotAlone
	}
	values := args[0].Value.(NamedArgs)
	spread := make([]driver.NamedValue, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name == "" {
			return nil, errors.New("pgadapt: NamedArgs has a value without a name")
		}
		argument := driver.NamedValue{Ordinal: len(spread) + 1, Name: name, Value: values[name]}
		if isNamedArgs(argument) {
			return nil, fmt.Errorf("pgadapt: argument %q: NamedArgs cannot be a value", name)
		}
		if err := checkArgument(&argument); err != nil {
			return nil, err
		}
		spread = append(spread, argument)
	}
	return spread, nil
}

func isNamedArgs(argument driver.NamedValue) bool {
	_, ok := argument.Value.(NamedArgs)
	return ok
}
