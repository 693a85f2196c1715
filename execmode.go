package pgadapt

import (
	"context"
	"database/sql/driver"
	"fmt"
	"reflect"
	"strings"
)

// ExecMode says how a statement travels to the server. It is the DSN parameter default_query_exec_mode, with
// pgx's names and meaning. As an argument of Exec or Query it is the mode of that statement alone:
//
//	db.QueryContext(ctx, "select * from users where id = $1", pgadapt.ExecModeExec, id)
//
// A pgx.QueryExecMode does the same there, for libraries written for pgx/stdlib.
type ExecMode uint8

// The execution modes. All but SimpleProtocol bind arguments on the server, out of reach of the SQL text.
const (
	// ExecModeCacheStatement prepares each text once per connection under a name derived from the text and
	// keeps it in a least-recently-used cache of StatementCacheCapacity entries: one round trip from the
	// second use on, binary results. The default.
	ExecModeCacheStatement ExecMode = iota
	// ExecModeCacheDescribe keeps only the description of each text (DescriptionCacheCapacity entries) and
	// sends the text each time: one round trip from the second use on, nothing named left on the server.
	ExecModeCacheDescribe
	// ExecModeDescribeExec asks for the description each time: two round trips, immune to changes of schema.
	ExecModeDescribeExec
	// ExecModeExec asks for nothing: one round trip, parameter types taken from the Go types, results in
	// text form. For poolers that keep no session state at all.
	ExecModeExec
	// ExecModeSimpleProtocol writes the arguments into the text as literals and uses the simple query
	// protocol: one round trip, results in text form. For proxies that know nothing else.
	ExecModeSimpleProtocol
)

var execModeNames = [...]string{
	ExecModeCacheStatement: "cache_statement",
	ExecModeCacheDescribe:  "cache_describe",
	ExecModeDescribeExec:   "describe_exec",
	ExecModeExec:           "exec",
	ExecModeSimpleProtocol: "simple_protocol",
}

// String gives the mode's name in a DSN.
func (m ExecMode) String() string {
	if int(m) < len(execModeNames) {
		return execModeNames[m]
	}
	return fmt.Sprintf("ExecMode(%d)", uint8(m))
}

// prepares reports whether a statement's description is asked of the server before it runs.
func (m ExecMode) prepares() bool { return m <= ExecModeDescribeExec }

func parseExecMode(value string) (ExecMode, error) {
	for mode, name := range execModeNames {
		if value == name {
			return ExecMode(mode), nil
		}
	}
	return 0, fmt.Errorf("%q is none of %q", value, execModeNames)
}

var _ instruction = ExecMode(0)

func (m ExecMode) exec(ctx context.Context, c *conn, query string, args []driver.NamedValue) (driver.Result, error) {
	leave, err := c.enterMode(m)
	if err != nil {
		return nil, err
	}
	defer leave()
	return c.ExecContext(ctx, query, args)
}

func (m ExecMode) query(ctx context.Context, c *conn, query string, args []driver.NamedValue) (driver.Rows, error) {
	leave, err := c.enterMode(m)
	if err != nil {
		return nil, err
	}
	defer leave()
	return c.QueryContext(ctx, query, args)
}

// enterMode changes the mode until leave is called. The mode matters only until a statement's answer begins, so rows
// that are still open then do not notice.
func (c *conn) enterMode(m ExecMode) (leave func(), err error) {
	if int(m) >= len(execModeNames) {
		return nil, fmt.Errorf("pgadapt: %v is no execution mode", m)
	}
	usual, changed := c.config, *c.config
	changed.ExecMode = m
	c.config = &changed
	return func() { c.config = usual }, nil
}

// modeOfPgx gives the mode that a pgx.QueryExecMode means, which is written as in a DSN but with blanks. It knows the
// type by its name: pgx itself is no part of the driver.
func modeOfPgx(argument fmt.Stringer) (ExecMode, bool) {
	t := reflect.TypeOf(argument)
	if t.Name() != "QueryExecMode" || t.PkgPath() != "github.com/jackc/pgx/v5" {
		return 0, false
	}
	mode, err := parseExecMode(strings.ReplaceAll(argument.String(), " ", "_"))
	return mode, err == nil
}
