package drivers

import (
	"context"
	"database/sql"
	"io"

	"github.com/jackc/pgx/v5/pgconn"
)

// Role says what a driver stands for in a comparison.
type Role string

const (
	// Subject is the driver whose ratios are reported.
	Subject Role = "subject"
	// Peer is a driver that a program could use instead.
	Peer Role = "peer"
	// Floor does only a part of a driver's work: no driver can cost less.
	Floor Role = "floor"
)

// Driver is one way to PostgreSQL.
type Driver interface {
	// Name is the word under which the driver appears in reports.
	Name() string
	// Module is the path of the Go module that has the driver, empty where it is part of this one.
	Module() string
	// Role tells the subject from its peers and from the floors.
	Role() Role
}

// SQL is a driver below database/sql.
type SQL interface {
	Driver
	// OpenDB gives a pool for the server that dsn, a URI, names. It parses dsn once and connects later.
	OpenDB(dsn string) (*sql.DB, error)
}

// Wire is PostgreSQL's protocol without database/sql.
type Wire interface {
	Driver
	// Connect opens one connection to the server that dsn names.
	Connect(ctx context.Context, dsn string) (*pgconn.PgConn, error)
}

// RichScanner is a driver that scans values which database/sql has no conversion for.
type RichScanner interface {
	// Destination gives what Rows.Scan takes to fill target, the pointer to a slice, to a struct for a JSON document,
	// or to a pgtype.Range. It is nil for a target that the driver and the packages around it do not know.
	Destination(target any) any
	// HstoreDestination gives what Rows.Scan takes to fill pairs, a new map of strings such as the driver has; nil
	// where it has none.
	HstoreDestination() (destination, pairs any)
}

// RichSender is a driver that sends slices.
type RichSender interface {
	// Argument gives what a query takes for a slice.
	Argument(slice any) any
}

// Batcher is a driver that can be given many executions of one statement.
type Batcher interface {
	// Batch executes query as often as times says, each time with the same arguments, as one transaction.
	Batch(ctx context.Context, db *sql.DB, query string, times int, arguments []any) error
}

// CopierIn is a driver that can load rows with COPY … FROM STDIN.
type CopierIn interface {
	// CopyIn loads all rows of source.
	CopyIn(ctx context.Context, db *sql.DB, source CopySource) error
}

// CopierOut is a driver that can read with COPY … TO STDOUT.
type CopierOut interface {
	// CopyOut runs query, a COPY … TO STDOUT, and writes what the server sends to w.
	CopyOut(ctx context.Context, db *sql.DB, w io.Writer, query string) error
}

// All gives the drivers in the order of the reports: the subject, its peers, the floors.
func All() []Driver {
	return []Driver{PgAdapt, LibPQ, PGX, PgDriver, PgConn, Empty}
}

// identity is what a driver says of itself.
type identity struct {
	name, module string
	role         Role
}

func (i identity) Name() string   { return i.name }
func (i identity) Module() string { return i.module }
func (i identity) Role() Role     { return i.role }
