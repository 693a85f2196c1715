// Package twophase is PostgreSQL's two-phase commit for database/sql: a transaction is prepared on each of several
// databases, and when all of them have succeeded it is committed on all of them. What is prepared survives crashes of
// the client and of the server (PostgreSQL documentation, "PREPARE TRANSACTION").
//
//	tx, err := db.BeginTx(ctx, nil)
//	…                                        // the work
//	err = twophase.Prepare(ctx, tx, xid)     // the first phase; tx is done
//	err = twophase.Commit(ctx, db, xid)      // the second phase, from any session of the same database
//
// A transaction manager writes down its decision between the phases. After a crash it reads what is prepared from
// [Recover], and commits or rolls back each of them. A prepared transaction that nobody ends keeps its locks and holds
// up VACUUM: look at pg_prepared_xacts. The server needs max_prepared_transactions above zero, which is not its default.
//
// The functions use nothing but database/sql and work with its other PostgreSQL drivers, too.
//
// # Coming from psycopg2
//
// psycopg2's Xid is [Xid], with the same text for the same parts, so that both can end what the other has prepared.
//
//	connection.xid(42, "gtrid", "bqual")   twophase.New(42, "gtrid", "bqual")
//	Xid.from_string(text)                  twophase.Parse(text)
//	connection.tpc_begin(xid)              db.BeginTx(ctx, nil): the name is not needed before Prepare
//	connection.tpc_prepare()               twophase.Prepare(ctx, tx, xid)
//	connection.tpc_commit()                tx.Commit(), for one phase
//	connection.tpc_commit(xid)             twophase.Commit(ctx, db, xid)
//	connection.tpc_rollback(xid)           twophase.Rollback(ctx, db, xid)
//	connection.tpc_recover()               twophase.Recover(ctx, db)
package twophase
