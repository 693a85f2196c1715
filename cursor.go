package pgadapt

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Session is what a cursor lives in: a [*database/sql.Tx], or a [*database/sql.Conn] for a cursor WITH HOLD or inside a
// transaction that was begun by a statement. A [*database/sql.DB] is none, since its statements run on any connection.
type Session interface {
	// ExecContext runs a statement that gives no rows.
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	// QueryContext runs a query.
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

var (
	_ Session = (*sql.Tx)(nil)
	_ Session = (*sql.Conn)(nil)
)

// Cursor is a cursor on the server: a result that is read in parts, in both directions if it is scrollable (PostgreSQL
// documentation, DECLARE, FETCH and MOVE). Its position is before the first row at first; where it is after a Fetch or
// Move is the last row given, or before the first or after the last row. A query whose rows are read once from the
// first to the last is simpler with [FetchSize].
//
// A cursor is used as its session is, by one goroutine at a time.
type Cursor struct {
	session Session
	// name is the cursor's, and quoted the identifier.
	name, quoted string
	// formats is what is known of its columns, nil when nobody has asked yet.
	formats *columnFormats
}

// CursorOptions says what kind of cursor [DeclareCursor] declares. The zero value is PostgreSQL's default: one that can
// move forward, and backward where the plan of the query happens to allow it, and that ends with the transaction.
type CursorOptions struct {
	// Scroll says whether the cursor can move backward.
	Scroll Scroll
	// Hold keeps the cursor after the end of the transaction that declares it, or outside of any; when that commits, the
	// server stores all rows. It lives until Close, or the end of the session: not closing it wastes the memory of the
	// server while the connection is in the pool.
	Hold bool
}

// Scroll says whether a cursor can move backward.
type Scroll string

const (
	// ScrollByPlan leaves it to the plan of the query.
	ScrollByPlan Scroll = ""
	// ScrollBoth makes the cursor move in both directions, which may cost the server time and memory.
	ScrollBoth Scroll = "SCROLL"
	// ScrollForward refuses to move backward.
	ScrollForward Scroll = "NO SCROLL"
)

// DeclareCursor declares a cursor for a query, which may have arguments as those of a Query method. The name is any name
// of 63 bytes at most, and is not changed to lower case. Only SELECT, VALUES and TABLE have cursors; other texts, a name
// that is none, and a *sql.DB as session are refused before anything is sent. The server's errors are
// pgerr.DuplicateCursor for a name in use, pgerr.NoActiveSQLTransaction without a transaction and Hold, and those of the
// query.
func DeclareCursor(
	ctx context.Context, session Session, name string, options CursorOptions, query string, args ...any,
) (*Cursor, error) {
	cursor, err := OpenCursor(session, name)
	if err != nil {
		return nil, err
	}
	switch options.Scroll {
	case ScrollByPlan, ScrollBoth, ScrollForward:
	default:
		return nil, fmt.Errorf("pgadapt: CursorOptions.Scroll is %q: it must be ScrollByPlan, ScrollBoth or ScrollForward",
			string(options.Scroll))
	}
	declare := cursorCommand{executes: func(ctx context.Context, c *conn, query string, args []driver.NamedValue) (driver.Result, error) {
		if err := c.checkDeclarable(query); err != nil {
			return nil, err
		}
		return c.declareFor(ctx, cursor.declaration(options), query, args)
	}}
	if _, err := session.ExecContext(ctx, query, append([]any{declare}, args...)...); err != nil {
		return nil, err
	}
	return cursor, nil
}

// OpenCursor gives a cursor that exists already, such as one that a function has returned as a refcursor. Nothing is
// sent: whether there is a cursor of that name shows when it is used. The error is about the name, or the session.
func OpenCursor(session Session, name string) (*Cursor, error) {
	if _, isPool := session.(*sql.DB); isPool || session == nil {
		return nil, errors.New("pgadapt: a cursor belongs to one session: give it an sql.Tx or sql.Conn")
	}
	switch {
	case name == "":
		return nil, errors.New("pgadapt: a cursor needs a name")
	case len(name) > maxNameLength:
		return nil, fmt.Errorf("pgadapt: the cursor's name %q is longer than %d bytes", name, maxNameLength)
	case strings.IndexByte(name, 0) >= 0:
		return nil, errors.New("pgadapt: the cursor's name has a NUL character in it")
	}
	return &Cursor{session: session, name: name, quoted: quoteIdentifier(name)}, nil
}

// maxNameLength is NAMEDATALEN - 1 of PostgreSQL; longer names are cut off.
const maxNameLength = 63

func quoteIdentifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Name gives the name of the cursor.
func (c *Cursor) Name() string { return c.name }

// Fetch gives the next n rows, or fewer at the end. A negative number fetches backward, nearest row first, and 0 gives
// the row at the position again. The cursor has moved when Fetch returns, whether the rows are read or not. The error is
// pgerr.InvalidCursorName where there is no such cursor, any more or at all, and pgerr.ObjectNotInPrerequisiteState where
// it cannot move backward; so it is in the methods below.
func (c *Cursor) Fetch(ctx context.Context, n int) (*sql.Rows, error) {
	return c.fetch(ctx, "fetch forward "+countOf(n)+" from "+c.quoted)
}

// FetchAll gives all rows that follow.
func (c *Cursor) FetchAll(ctx context.Context) (*sql.Rows, error) {
	return c.fetch(ctx, "fetch forward all from "+c.quoted)
}

// FetchAbsolute gives row n, counted from 1, or from the end when negative: -1 is the last. There is none for 0, which
// is the position before the first row, and beyond the result.
func (c *Cursor) FetchAbsolute(ctx context.Context, n int) (*sql.Rows, error) {
	return c.fetch(ctx, "fetch absolute "+countOf(n)+" from "+c.quoted)
}

// Rows gives all rows that follow as one result, fetched in pages of that many rows as the program reads on. When it is
// closed early, the cursor stands at the end of the page.
func (c *Cursor) Rows(ctx context.Context, pageSize int) (*sql.Rows, error) {
	if pageSize < 1 {
		return nil, fmt.Errorf("pgadapt: pages of %d rows: there must be at least 1", pageSize)
	}
	return c.read(ctx, &pagedCursor{size: fetchable(pageSize), fetch: "fetch forward " + countOf(pageSize) + " from " + c.quoted})
}

// Move moves the cursor n rows forward, or backward when negative, and gives the number of rows that it passed, which is
// less at either end.
func (c *Cursor) Move(ctx context.Context, n int) (int64, error) {
	return c.move(ctx, "move forward "+countOf(n)+" in "+c.quoted)
}

// MoveAbsolute moves the cursor to row n, counted from 1, or from the end when negative; 0 is before the first row.
// found says whether there is such a row: otherwise the position is before the first or after the last one.
func (c *Cursor) MoveAbsolute(ctx context.Context, n int) (found bool, err error) {
	moved, err := c.move(ctx, "move absolute "+countOf(n)+" in "+c.quoted)
	return moved > 0, err
}

// Close closes the cursor. One that is gone already, with its transaction or otherwise, is no error.
func (c *Cursor) Close(ctx context.Context) error {
	closing := cursorCommand{executes: func(ctx context.Context, session *conn, _ string, _ []driver.NamedValue) (driver.Result, error) {
		return result(0), session.closePortal(ctx, c.name)
	}}
	_, err := c.session.ExecContext(ctx, "close "+c.quoted, closing)
	if errors.Is(err, sql.ErrTxDone) || errors.Is(err, sql.ErrConnDone) {
		return nil
	}
	return err
}

// declaration gives the beginning of the command that declares the cursor.
func (c *Cursor) declaration(options CursorOptions) string {
	words := []string{"declare", c.quoted}
	if options.Scroll != ScrollByPlan {
		words = append(words, strings.ToLower(string(options.Scroll)))
	}
	words = append(words, "cursor")
	if options.Hold {
		words = append(words, "with hold")
	}
	return strings.Join(words, " ") + " for "
}

// fetch gives the rows of one FETCH.
func (c *Cursor) fetch(ctx context.Context, command string) (*sql.Rows, error) {
	return c.read(ctx, &pagedCursor{fetch: command, once: true})
}

// read gives the rows that the cursor has for pages.
func (c *Cursor) read(ctx context.Context, pages *pagedCursor) (*sql.Rows, error) {
	reading := cursorCommand{reads: func(ctx context.Context, session *conn) (driver.Rows, error) {
		pages.formats = c.formats
		rows, err := session.openPages(ctx, pages)
		if err != nil {
			c.formats = nil
			return nil, err
		}
		c.formats = pages.formats
		return rows, nil
	}}
	return c.session.QueryContext(ctx, pages.fetch, reading)
}

func (c *Cursor) move(ctx context.Context, command string) (int64, error) {
	result, err := c.session.ExecContext(ctx, command)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// fetchable gives the nearest number that FETCH and MOVE can read: they have 32 bits for it.
func fetchable(n int) int64 { return max(-math.MaxInt32, min(int64(n), math.MaxInt32)) }

func countOf(n int) string { return strconv.FormatInt(fetchable(n), 10) }

// cursorCommand is the instruction to run a command of a Cursor. The text beside it is there for those who look on; only
// that of DECLARE is used, and there it is the query.
type cursorCommand struct {
	executes func(ctx context.Context, c *conn, query string, args []driver.NamedValue) (driver.Result, error)
	reads    func(ctx context.Context, c *conn) (driver.Rows, error)
}

var _ instruction = cursorCommand{}

func (i cursorCommand) exec(ctx context.Context, c *conn, query string, args []driver.NamedValue) (driver.Result, error) {
	return i.executes(ctx, c, query, args)
}

func (i cursorCommand) query(ctx context.Context, c *conn, _ string, _ []driver.NamedValue) (driver.Rows, error) {
	return i.reads(ctx, c)
}
