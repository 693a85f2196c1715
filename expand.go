package pgadapt

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// listArgument is an argument that stands for a list of parameters.
type listArgument interface {
	// expand gives what to write for the argument $number of query, and the values of its parameters.
	expand(query string, number int, standardConforming bool) (sqllex.Expansion, []any, error)
}

// execExpanded is exec for a text with arguments that may be lists or the rows of Values.
func (c *conn) execExpanded(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if at := slices.IndexFunc(args, isValues); at >= 0 {
		return c.execValues(ctx, query, args, at)
	}
	if !slices.ContainsFunc(args, isListArgument) {
		return c.exec(ctx, query, args)
	}
	text, args, err := expand(query, args, c.standardConformingStrings())
	if err != nil {
		return nil, err
	}
	result, err := c.exec(ctx, text.Query, args)
	return result, movePosition(err, text.OriginalPosition)
}

// queryExpanded is execExpanded for a query.
func (c *conn) queryExpanded(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if at := slices.IndexFunc(args, isValues); at >= 0 {
		return c.queryValues(ctx, query, args, at)
	}
	if !slices.ContainsFunc(args, isListArgument) {
		return c.query(ctx, query, args)
	}
	text, args, err := expand(query, args, c.standardConformingStrings())
	if err != nil {
		return nil, err
	}
	rows, err := c.query(ctx, text.Query, args)
	return rows, movePosition(err, text.OriginalPosition)
}

// expand writes the lists among args into the text, and gives its parameters.
func expand(query string, args []driver.NamedValue, standardConforming bool,
) (sqllex.Rewritten, []driver.NamedValue, error) {
	expansions := make([]sqllex.Expansion, len(args))
	expanded := make([]driver.NamedValue, 0, 2*len(args))
	for i, argument := range args {
		list, ok := argument.Value.(listArgument)
		if !ok {
			expansions[i] = sqllex.Expansion{Parameters: 1}
			expanded = append(expanded, argument)
			continue
		}
		expansion, values, err := list.expand(query, i+1, standardConforming)
		if err != nil {
			return sqllex.Rewritten{}, nil, inArgument(argument, err)
		}
		expansions[i] = expansion
		for _, value := range values {
			expanded = append(expanded, driver.NamedValue{Name: argument.Name, Ordinal: argument.Ordinal, Value: value})
		}
	}
	if err := checkUses(query, len(args), standardConforming); err != nil {
		return sqllex.Rewritten{}, nil, err
	}
	text, err := sqllex.Expand(query, expansions, standardConforming)
	if err != nil {
		return sqllex.Rewritten{}, nil, fmt.Errorf("pgadapt: %w", err)
	}
	return text, expanded, nil
}

// checkUses says which argument a text does not use: the server would not know of one that stands for nothing.
func checkUses(query string, given int, standardConforming bool) error {
	used := make([]bool, given)
	for _, number := range sqllex.Parameters(query, standardConforming) {
		if number >= 1 && number <= given {
			used[number-1] = true
		}
	}
	if unused := slices.Index(used, false); unused >= 0 {
		return fmt.Errorf("pgadapt: %d arguments were given, but the statement has no parameter $%d", given, unused+1)
	}
	return nil
}

func isListArgument(argument driver.NamedValue) bool {
	_, ok := argument.Value.(listArgument)
	return ok
}

func isValues(argument driver.NamedValue) bool {
	_, ok := argument.Value.(ValuesRows)
	return ok
}

var errTwoValues = errors.New("pgadapt: a statement takes one Values: write the other rows into the text, or run two statements")
