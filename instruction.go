package pgadapt

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
)

// instruction is an argument that says how its statement is to run, such as a number of rows to fetch at a time. It is
// no parameter: it is taken off the arguments first, wherever it stands among them, and its own method runs the
// statement with the others. That method may call ExecContext and QueryContext of the connection, and it returns an
// error where the instruction makes no sense. A statement has one instruction at most.
type instruction interface {
	// exec is ExecContext for a statement with this instruction.
	exec(ctx context.Context, c *conn, query string, args []driver.NamedValue) (driver.Result, error)
	// query is QueryContext for a statement with this instruction.
	query(ctx context.Context, c *conn, query string, args []driver.NamedValue) (driver.Rows, error)
}

// textArgument is an argument that is a parameter, or several, only after the text has been changed for it.
type textArgument interface {
	// changesText marks the type.
	changesText()
}

// demands looks at each argument once, and reports whether one is an instruction, and whether the text has to be
// rewritten for them.
func (c *conn) demands(args []driver.NamedValue) (instructed, rewritten bool) {
	rewritten = c.config.ParamStyle != ParamStyleNumeric && len(args) > 0
	for i := range args {
		if args[i].Name != "" {
			rewritten = true
		}
		switch args[i].Value.(type) {
		case instruction:
			instructed = true
		case textArgument:
			rewritten = true
		}
	}
	return instructed, rewritten
}

// execInstructed runs a statement by the instruction among its arguments.
func (c *conn) execInstructed(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	instruction, args, err := takeInstruction(args)
	if err != nil {
		return nil, err
	}
	if err := c.beginNow(ctx); err != nil {
		return nil, err
	}
	return instruction.exec(ctx, c, query, args)
}

// queryInstructed is execInstructed for a query.
func (c *conn) queryInstructed(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	instruction, args, err := takeInstruction(args)
	if err != nil {
		return nil, err
	}
	if err := c.beginNow(ctx); err != nil {
		return nil, err
	}
	if c.config.Tracer != nil {
		return c.tracedQuery(ctx, query, args, func(ctx context.Context) (driver.Rows, error) {
			return instruction.query(ctx, c, query, args)
		})
	}
	return instruction.query(ctx, c, query, args)
}

// takeInstruction separates the instruction from the other arguments, which it numbers anew.
func takeInstruction(args []driver.NamedValue) (instruction, []driver.NamedValue, error) {
	at := slices.IndexFunc(args, isInstruction)
	taken := args[at].Value.(instruction)
	if args[at].Name != "" {
		return nil, nil, fmt.Errorf("pgadapt: %T is an instruction and no parameter: pass it without a name", taken)
	}
	others := slices.Delete(slices.Clone(args), at, at+1)
	if second := slices.IndexFunc(others, isInstruction); second >= 0 {
		return nil, nil, fmt.Errorf("pgadapt: %T and %T cannot be combined: a statement takes one instruction",
			taken, others[second].Value)
	}
	for i := range others {
		others[i].Ordinal = i + 1
	}
	return taken, others, nil
}

func isInstruction(argument driver.NamedValue) bool {
	_, ok := argument.Value.(instruction)
	return ok
}

// notAValue says that an instruction, or an argument that changes the text, stands where a value has to be.
func notAValue(given any) error {
	return fmt.Errorf("%T is no value: it can only be an argument of Exec or Query itself", given)
}
