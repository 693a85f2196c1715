package pgadapt

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// ValuesRows is the argument that [Values] gives.
type ValuesRows struct {
	rows     iter.Seq2[[]any, error]
	template string
}

// Values gives an argument that is written into the text as rows of parameters, ($1, $2), ($3, $4), …, as psycopg2's
// execute_values does. Its placeholder follows the word values, once:
//
//	db.QueryContext(ctx, "insert into users (id, name) values $1 returning id", pgadapt.Values(rows))
//
// A statement gets up to 100 rows, and less if the 65535 parameters of one do not suffice; it runs as often as that
// takes, without waiting for the answers in between. Outside a transaction all of it is one. The rows that the
// statements return come one after the other as the rows of a single query, and are kept in memory, within
// max_buffered_bytes; the result of Exec has the sum of the rows affected. Without any row nothing is sent.
//
// Other arguments may stand beside it. In an INSERT the values have the types of its columns; elsewhere, as in
// "from (values $1) as v (id, name)", those that they would have as literals, unless a template casts them. The sequence
// is under the same rules as that of a [Batch].
func Values(rows iter.Seq2[[]any, error]) ValuesRows { return ValuesRows{rows: rows} }

// Template gives the same rows, each written as text, in which $1, $2, … are the row's values:
//
//	pgadapt.Values(rows).Template("($1, $2::date, now())")
//
// Without a template it is ($1, $2, …) with all values of the row.
func (v ValuesRows) Template(text string) ValuesRows {
	v.template = text
	return v
}

var _ textArgument = ValuesRows{}

func (ValuesRows) changesText() {}

// maxValuesRows is the number of rows in one statement.
const maxValuesRows = 100

func (c *conn) execValues(ctx context.Context, query string, args []driver.NamedValue, at int) (driver.Result, error) {
	run, err := c.runValues(ctx, query, args, at, false)
	if err != nil {
		return nil, err
	}
	if run.executions == nil {
		return result(0), nil
	}
	_, affected := run.executions.progress()
	return result(affected), nil
}

func (c *conn) queryValues(ctx context.Context, query string, args []driver.NamedValue, at int) (driver.Rows, error) {
	mark := c.transport.written()
	run, err := c.runValues(ctx, query, args, at, true)
	if err != nil {
		if run != nil && run.executions != nil {
			_, _, stored := run.executions.result()
			c.buffered -= stored
		}
		return nil, err
	}
	rows := c.newRows(ctx, mark)
	if run.executions != nil {
		rows.shape, rows.present, rows.stored = run.executions.result()
	}
	rows.detach()
	return rows, nil
}

// valuesRun is a statement with Values that is running.
type valuesRun struct {
	conn     *conn
	ctx      context.Context
	query    string
	args     []driver.NamedValue
	at       int
	keepRows bool
	template rowTemplate

	// page has the values of the rows that are still to be sent, width in each.
	page  []any
	width int
	// before counts the parameters in front of those of the rows.
	before int
	// row counts the rows of the sequence.
	row int
	// described is the statement for two rows, and texts has the statements by their number of rows.
	described  *statement
	texts      map[int]sqllex.Rewritten
	sent       []int
	executions executions
	running    bool
}

var (
	errNoValues = errors.New("pgadapt: Values has no sequence: it is nil")
	errNoRows   = errors.New("pgadapt: Values has no rows, which cannot be written: check for it first")
)

func (c *conn) runValues(ctx context.Context, query string, args []driver.NamedValue, at int, keepRows bool) (*valuesRun, error) {
	values := args[at].Value.(ValuesRows)
	switch {
	case values.rows == nil:
		return nil, errNoValues
	case slices.ContainsFunc(args[at+1:], isValues):
		return nil, errTwoValues
	case sqllex.CountUses(query, at+1, c.standardConformingStrings()) != 1:
		return nil, errors.New("pgadapt: the placeholder of Values has to be in the text once, as in: insert into t values $1")
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("pgadapt: %w", err)
	}
	template, err := newRowTemplate(values.template, c.standardConformingStrings())
	if err != nil {
		return nil, err
	}
	run := &valuesRun{conn: c, ctx: ctx, query: query, args: args, at: at, keepRows: keepRows,
		template: template, texts: map[int]sqllex.Rewritten{}}
	defer run.leave()
	return run, c.traceBatch(ctx, query, func(ctx context.Context) (size int, affected int64, err error) {
		run.ctx = ctx
		err = run.sendAll(values.rows)
		if err == nil && run.executions != nil {
			_, affected = run.executions.progress()
		}
		return run.row, affected, err
	})
}

func (r *valuesRun) sendAll(rows iter.Seq2[[]any, error]) error {
	for row, err := range rows {
		r.row++
		if err == nil {
			err = r.add(row)
		}
		if err != nil {
			return r.fail(err)
		}
	}
	return r.end()
}

// leave does nothing but where the sequence has ended in a panic.
func (r *valuesRun) leave() {
	if r.running {
		r.executions.leave()
	}
}

func (r *valuesRun) add(row []any) error {
	if err := r.collect(row); err != nil {
		return err
	}
	limit := min(maxValuesRows, (maxParameters-len(r.args)+1)/r.width)
	if limit == 0 {
		return fmt.Errorf("%d values are more than the %d parameters of a statement", r.width, maxParameters)
	}
	if len(r.page) < limit*r.width {
		return nil
	}
	return r.sendPage()
}

// collect adds a row to the page.
func (r *valuesRun) collect(row []any) error {
	if r.width == 0 {
		if len(row) == 0 {
			return errors.New("it has no values")
		}
		if err := r.template.check(len(row)); err != nil {
			return err
		}
		r.width = len(row)
	}
	if len(row) != r.width {
		return fmt.Errorf("it has %d values, but the first has %d", len(row), r.width)
	}
	r.page = append(r.page, row...)
	return nil
}

// sendPage runs the statement for the rows of the page.
func (r *valuesRun) sendPage() error {
	if r.executions == nil {
		if err := r.start(); err != nil {
			return err
		}
	}
	count := len(r.page) / r.width
	text, args, err := r.expand(r.page)
	if err != nil {
		return err
	}
	r.sent = append(r.sent, count)
	err = r.executions.add(r.statement(text.Query, count), args)
	r.page = r.page[:0]
	return err
}

// start has the server describe the statement for two rows: it stands for those with any number of them, and the
// session's cache needs no other.
func (r *valuesRun) start() error {
	two := r.page
	if len(two) > 2*r.width {
		two = two[:2*r.width]
	}
	if len(two) < 2*r.width {
		two = slices.Concat(two, two)
	}
	text, args, err := r.expand(two)
	if err != nil {
		return err
	}
	r.described, err = r.conn.statementFor(r.ctx, text.Query, args)
	if err != nil {
		return movePosition(err, text.OriginalPosition)
	}
	r.executions = r.conn.startExecutions(r.ctx, r.keepRows)
	r.running = true
	return nil
}

// expand writes rows with those values into the text.
func (r *valuesRun) expand(page []any) (sqllex.Rewritten, []driver.NamedValue, error) {
	args := slices.Clone(r.args)
	args[r.at].Value = valuesPage{values: page, width: r.width, template: r.template}
	text, args, err := expand(r.query, args, r.conn.standardConformingStrings())
	r.texts[len(page)/r.width] = text
	r.before = slices.IndexFunc(args, func(arg driver.NamedValue) bool { return arg.Ordinal == r.at+1 })
	for i := range args {
		args[i].Ordinal = i + 1
	}
	return text, args, err
}

// statement gives the statement for count rows, with the types of that for two.
func (r *valuesRun) statement(query string, count int) *statement {
	s := &statement{query: query, resultFormats: r.described.resultFormats, lenient: r.described.base != nil}
	if r.described.description == nil {
		return s
	}
	types := r.described.description.ParamOIDs
	row, after := types[r.before:r.before+r.width], types[r.before+2*r.width:]
	s.description = &pgconn.StatementDescription{
		ParamOIDs: slices.Concat(types[:r.before], slices.Repeat(row, count), after),
	}
	if base := r.described.base; base != nil && base.untyped {
		s.base, s.declared = base, s.description.ParamOIDs
	}
	return s
}

func (r *valuesRun) end() error {
	if len(r.page) > 0 {
		if err := r.sendPage(); err != nil {
			return r.fail(err)
		}
	}
	if !r.running {
		return nil
	}
	r.running = false
	if err := r.executions.end(nil); err != nil {
		return r.failedIn(err)
	}
	return nil
}

// fail gives up, since the present row or the sequence has an error, or since the server has.
func (r *valuesRun) fail(reason error) error {
	if r.running {
		r.running = false
		server := r.executions.end(reason)
		if reason == errPipelineFailed || server != nil && !isGivenUp(server) {
			return r.failedIn(server)
		}
	}
	if _, refused := errors.AsType[*Error](reason); refused {
		return reason
	}
	row := r.row
	if value, ok := errors.AsType[*valueError](reason); ok && r.width > 0 && len(r.sent) > 0 {
		row, reason = r.place(value)
	}
	return fmt.Errorf("pgadapt: row %d of Values: %w", row, notAgain(reason))
}

// place finds the row of a value in the page that was to be sent last.
func (r *valuesRun) place(value *valueError) (row int, reason error) {
	last := r.sent[len(r.sent)-1]
	index := value.argument.Ordinal - 1 - r.before
	row = r.row
	if index >= 0 && index < last*r.width {
		row = r.row - last + 1 + index/r.width
		return row, fmt.Errorf("value %d: %w", index%r.width+1, value.err)
	}
	return row, value
}

// failedIn says in which rows the server has failed, if it was in any.
func (r *valuesRun) failedIn(err error) error {
	err = notAgain(err)
	if mayComeFromStaleTypes(err) {
		r.conn.statements.discard(r.described)
	}
	completed, _ := r.executions.progress()
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || completed >= len(r.sent) || isFatal(pgErr) {
		return err
	}
	first := 1
	for _, count := range r.sent[:completed] {
		first += count
	}
	err = movePosition(err, r.texts[r.sent[completed]].OriginalPosition)
	return fmt.Errorf("pgadapt: rows %d to %d of Values: %w", first, first+r.sent[completed]-1, err)
}
