package main

import (
	"fmt"

	"github.com/pgadapt/pgadapt/pgerr/internal/sentinel"
)

// remarks say when a server sends a code, where its name does not, and end the code's doc comment. They follow
// PostgreSQL's behaviour, which its documentation describes beside the features concerned.
var remarks = map[string]string{
	"08P01": "a message that the server did not expect; PgBouncer sends it for most of its own errors",
	"0A000": "something that PostgreSQL does not have, or a cached plan whose result type has changed",
	"22001": "a text that is too long for its varchar(n) or char(n)",
	"22003": "a number that is out of the range of its type",
	"22007": "a text that is not a date or time",
	"22008": "a date or time that does not exist or is out of range",
	"22021": "bytes that are not text in the encoding in use, or a zero byte",
	"22P02": "a text that is not a value of its type, such as 'abc' for an integer",
	"22P03": "bytes that are not a value of their type in its binary format",
	"23001": "a row is still referred to by a foreign key with RESTRICT; ForeignKeyViolation before PostgreSQL 18",
	"23502": "NULL where it is not allowed; the error names the column",
	"23503": "a row that is referred to is missing, or still referred to; the error names the constraint",
	"23505": "the key exists already; the error names the constraint",
	"23514": "a CHECK constraint refuses the row; the error names the constraint",
	"23P01": "an EXCLUDE constraint finds a row in conflict; the error names the constraint",
	"25001": "a command that cannot run inside a transaction, such as VACUUM",
	"25006": "a write in a read-only transaction or on a standby",
	"25P02": "the transaction has failed before; only its rollback, or one to a savepoint, is accepted",
	"25P03": "idle_in_transaction_session_timeout has ended the session",
	"25P04": "transaction_timeout has ended the session",
	"26000": "a prepared statement that the session does not have",
	"28000": "the server does not let the role in",
	"28P01": "the password was not accepted",
	"2BP01": "a DROP without CASCADE of something that others depend on",
	"3D000": "the database does not exist",
	"3F000": "the schema does not exist",
	"40001": "the transaction is in conflict with concurrent ones, and all of it may be tried again",
	"40P01": "transactions waited for each other, and this one, undone for it, may be tried again",
	"42501": "the role lacks the privilege, or row-level security refuses the row",
	"42601": "the statement cannot be parsed; the error has the position",
	"42703": "the column does not exist",
	"42710": "an object of this name exists already",
	"42883": "no function or operator has this name and these argument types",
	"42P01": "the table or view does not exist, or not in the search_path",
	"42P07": "a table, view, index or sequence of this name exists already",
	"42P18": "the server cannot infer the type of a parameter; a cast tells it",
	"44000": "the view's CHECK OPTION refuses the row",
	"53300": "a limit on the number of connections is reached",
	"55006": "such as a DROP DATABASE while the database has sessions",
	"55P03": "NOWAIT or lock_timeout has ended the wait for a lock",
	"57014": "statement_timeout, a cancelled context or pg_cancel_backend has stopped the statement",
	"57P01": "the server shuts down, or pg_terminate_backend has ended the session",
	"57P02": "another process of the server has crashed, and all sessions are ended",
	"57P03": "the server is starting up, shutting down or recovering",
	"57P05": "idle_session_timeout has ended the session",
	"72000": "old_snapshot_threshold has removed what the query needs to see; not after PostgreSQL 16",
	"P0001": "RAISE EXCEPTION without a code of its own",
	"P0002": "SELECT INTO STRICT has found no row",
	"P0003": "SELECT INTO STRICT has found more than one row",
	"XX000": "a fault of the server or of an extension, or damaged data",
}

// checkRemarks refuses a remark on a code that the list does not have.
func checkRemarks(classes []sentinel.Class) error {
	known := map[string]bool{}
	for _, class := range classes {
		for _, s := range class.Sentinels {
			known[s.SQLState] = true
		}
	}
	for code := range remarks {
		if !known[code] {
			return fmt.Errorf("a remark on %s, which is not in the list", code)
		}
	}
	return nil
}
