// Package pgadapt is a database/sql driver for PostgreSQL.
//
//	import _ "github.com/pgadapt/pgadapt"
//
//	db, err := sql.Open("pgadapt", "postgres://localhost/app")
//
// Wire framing, authentication, TLS and failover are pgconn's (github.com/jackc/pgx/v5), the pool is
// [database/sql.DB]'s. A program that wants hooks, or settings that do not fit a string, makes a [Config]:
//
//	config, err := pgadapt.ParseConfig("postgres://localhost/app")
//	config.BeforeConnect = …
//	db := sql.OpenDB(pgadapt.NewConnector(config))
//
// # Connection strings
//
// URIs and keyword/value pairs as in libpq, with the environment, the service file and the passfile behind
// them. docs/dsn.md has every keyword; these are pgadapt's own:
//
//   - default_query_exec_mode: how statements travel, see [ExecMode]
//   - statement_cache_capacity, description_cache_capacity: prepared statements or descriptions kept per
//     connection (512; 0 for none)
//   - paramstyle: what placeholders look like, see [ParamStyle]
//   - max_buffered_bytes: memory for open results that another statement interrupts (64MB)
//   - lazy_begin: BEGIN travels with the first statement of its transaction (false)
//   - cancel_timeout: how long a cancelled statement may take to stop (5 seconds)
//   - max_message_bytes: the longest message, and so the longest row, that is accepted from the server (1GB)
//   - early_close: what closing rows before their end does with the rest, see [EarlyClose]
//   - negative_infinity, positive_infinity: the times that stand for the infinite dates and timestamps
//
// A keyword that is neither libpq's nor pgadapt's is a run-time parameter of the server, such as search_path.
//
// # Statements
//
// By default a text is prepared on each connection that uses it and kept; from the second use on it takes one round
// trip, with binary results. When a change of schema has made a prepared statement stale, or DISCARD or DEALLOCATE has
// removed it, it is prepared again and run again, unseen; inside a transaction PostgreSQL does not allow that, and the
// error is reported once.
//
// Behind a transaction pooler such as PgBouncer, which the driver notices by itself, statements are described once and
// sent unnamed: one round trip all the same. A pooler that keeps prepared statements gets them named.
//
// Exec without arguments takes a text of several statements, which PostgreSQL runs as one transaction. Query does
// too; the statements that give rows are reached by [database/sql.Rows.NextResultSet].
//
// What fails at the start of a query is the error of Query; what fails later is in [database/sql.Rows.Err].
// LastInsertId is an error: use RETURNING.
//
// # Placeholders
//
// Placeholders are $1, $2 and so on, or @name for arguments with names, which are all or none of a statement's:
//
//	db.QueryContext(ctx, "select * from users where id = $1", 7)
//	db.QueryContext(ctx, "select * from users where id = @id or boss = @id", sql.Named("id", 7))
//	db.QueryContext(ctx, "select * from users where id = @id", pgadapt.NamedArgs{"id": 7})
//
// With paramstyle they are what a program from elsewhere has: pyformat is %s and %(name)s, qmark is ?, named is :name.
// A doubled %% or ?? is the character itself. Quotes and comments hold no placeholders, and operators, casts and array
// slices stay what they are. A name that is used twice is one parameter. What is missing, mixed or not used is an
// error that names it, before anything is sent. The server's errors have their Position in the text of the program.
//
// Without arguments a text is sent as it is: 7 % 4 and the operator ? need no doubling then. A text that is prepared
// may get arguments, so that there each ? is a placeholder. One with named placeholders reaches the server when it is
// first used.
//
// # COPY
//
// The argument of a COPY says where its data come from or go to, on a [database/sql.DB], Conn or Tx:
//
//	db.ExecContext(ctx, "copy users from stdin (format csv)", reader)                 // an io.Reader
//	db.ExecContext(ctx, "copy users to stdout (format csv)", writer)                  // an io.Writer
//	db.ExecContext(ctx, "copy users (id, name) from stdin", pgadapt.CopyRows(rows))   // Go values, in binary
//
// RowsAffected is the number of rows, and memory does not grow with it. When the reader, the writer or the server fails,
// or the context ends, nothing is stored, the error matches the reader's or writer's own, and the connection is as good
// as before. A reader that blocks is not waited for; its Read may go on after the call, until it returns. A writer is
// waited for.
//
// Inside a transaction the COPY … FROM STDIN of lib/pq works, too: Prepare, Exec for each row, Exec without arguments.
// [CopyProgress], beside the other argument, is told how far the COPY is. docs/copy.md has more.
//
// # Interleaving
//
// On one [database/sql.Tx] or [database/sql.Conn], a statement may run while the rows of another are open, to
// any depth. The open rows are then read ahead into memory, up to max_buffered_bytes, and go on from there. Rows
// that are not interrupted stream from the network. With [FetchSize] the server keeps the result instead, and gives it
// page by page; docs/cursors.md tells of this, of named cursors ([DeclareCursor]), of procedures, and of [Collect], [One]
// and [Each], which read rows into structs, maps and values.
//
// # Transactions
//
// BeginTx takes the four isolation levels that PostgreSQL has, and ReadOnly; others are refused by name. COMMIT of
// a transaction that had failed is [ErrCommitRolledBack], never a silent rollback. Rollback, also the one that
// database/sql makes when the transaction's context ends, keeps the connection.
//
// # Cancellation
//
// When its context ends, a running statement is cancelled on the server. The error matches the context's and the
// server's (SQLSTATE 57014), and the connection stays in the pool. A server that does not stop the statement
// within cancel_timeout costs the connection; a backend that is loading its JIT compiler for the first time can be
// that slow.
//
// # Values
//
// A parameter is encoded by the type that the server says it has, not by the Go type of the argument; a string
// goes to a parameter of any type, as its text. A result is decoded into what the program asks for. Scanned into
// an *any, a column gives:
//
//	bool                                  bool
//	int2, int4, int8, oid, xid, cid       int64
//	float4, float8                        float64
//	bytea, json, jsonb, xml               []byte
//	date, timestamp                       time.Time in UTC
//	timestamptz                           time.Time in the session's TimeZone
//	-infinity, infinity of these three    string, unless negative_infinity and positive_infinity are given
//	all others, numeric among them        string, the text that PostgreSQL prints
//
// A time.Time goes to timestamptz as an instant, and to timestamp, date and time as what its own clock and calendar
// show. Byte slices and strings are the program's own. What does not fit is an error that names the column or
// parameter: a number out of range, NULL into a plain type, a fraction into an integer parameter.
//
// On Go 1.27 columns are scanned straight into their destinations, without a driver.Value in between: arrays into
// slices, json and composite types into structs and maps, ranges, hstore, enums, intervals and networks into what Go has
// for them, types of the database itself among them. On Go 1.26 [Array], [JSON] and [Scan] around the destination do the
// same. docs/types.md has every type; [Config].Types knows Go types for those of a database.
//
// Where the server cannot say what type a parameter has, as in concat($1, $2), or says one that the value does not fit,
// as in now() - $1 with a time.Duration, the text is parsed once more with the types that the values would have as
// literals. Inside a transaction that needs the text to have been seen before, or a cast.
//
// # Errors
//
// An error of the server is an [*Error], which wraps a [*github.com/jackc/pgx/v5/pgconn.PgError] and has the method
// SQLState; errors.Is compares it with the sentinels of the package pgerr. driver.ErrBadConn, which makes database/sql
// try again, is returned only where nothing of a statement can have reached the server; a statement whose answer was
// lost is an error that says so.
//
// # Connections
//
// The pool never hands out a connection that was left inside a transaction, or one that has visibly died: idle for
// longer than a millisecond it is looked at, for longer than a second it is asked.
package pgadapt
