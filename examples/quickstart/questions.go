package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"

	"github.com/pgadapt/pgadapt/examples/internal/table"
)

// question is something to ask of the data.
type question struct {
	title string
	means string // how it is asked
	ask   func(ctx context.Context, db *sql.DB) (*table.Table, error)
}

// questions are asked in this order.
var questions = []question{
	{"How were the years?", "an ad hoc query; the year without snow gives NULL", years},
	{"How many millimetres fell in each month?", "one prepared statement, run 48 times between two dates", months},
	{"Which were the longest dry spells?", "named parameters and structs, with sqlx", drySpells},
	{"When did it rain after the hottest days?", "INSERT … RETURNING for each row, while the rows are open", records},
	{"What if it were two degrees warmer?", "an UPDATE in a transaction that is rolled back", whatIf},
	{"What if a query takes too long?", "a context with a deadline; its session stays in use", deadline},
}

// answer asks each question and prints what comes back.
func answer(ctx context.Context, db *sql.DB, out io.Writer) error {
	for _, q := range questions {
		answered, err := q.ask(ctx, db)
		if err != nil {
			return fmt.Errorf("%s: %w", q.title, err)
		}
		if _, err := fmt.Fprintf(out, "\n%s  [%s]\n%s", q.title, q.means, answered); err != nil {
			return err
		}
	}
	return nil
}
