package replication

import "time"

// Change is a message of the output plugin pgoutput (PostgreSQL documentation, "Logical Replication Message Formats").
// It is one of *Begin, *Commit, *Relation, *DataType, *Origin, *Insert, *Update, *Delete, *Truncate and
// *LogicalMessage; with TwoPhase of *BeginPrepare, *Prepare, *CommitPrepared and *RollbackPrepared; with Streaming of
// *StreamStart, *StreamStop, *StreamCommit, *StreamAbort and *StreamPrepare.
//
// A transaction comes as a whole when it has committed, between Begin and Commit, one after the other in the order of
// their commits. With streaming, a large one comes in blocks while it is running, each between StreamStart and
// StreamStop, with other transactions in between; it counts once its StreamCommit has come.
type Change interface{ change() }

// Begin starts a transaction that has committed.
type Begin struct {
	// FinalLSN is where the transaction's commit record begins.
	FinalLSN LSN
	// CommitTime is when it committed.
	CommitTime time.Time
	// XID is the transaction's ID.
	XID uint32
}

// Commit ends a transaction.
type Commit struct {
	// CommitLSN is where the commit record begins, the FinalLSN of Begin.
	CommitLSN LSN
	// EndLSN is where the commit record ends: the position to acknowledge.
	EndLSN LSN
	// CommitTime is when the transaction committed.
	CommitTime time.Time
	// XID is the transaction's ID.
	XID uint32
}

// Origin says where a transaction was made that came here by replication itself.
type Origin struct {
	// CommitLSN is where it committed on the server of its origin.
	CommitLSN LSN
	// Name is the name of the replication origin.
	Name string
}

// Relation describes a table. It comes before the first change of the table on a connection, and again when the table
// was altered.
type Relation struct {
	// OID is the table's OID on the server.
	OID uint32
	// Namespace is the table's schema.
	Namespace string
	// Name is the table's name.
	Name string
	// ReplicaIdentity says what identifies the old rows of updates and deletes: 'd' the primary key, 'n' nothing, 'f' the
	// whole row, 'i' an index (pg_class.relreplident).
	ReplicaIdentity byte
	// Columns are the columns that are published, in the order of the rows' values.
	Columns []Column
	// SubXID is the transaction of the message within a streamed block, else 0.
	SubXID uint32

	scanner *valueScanner
}

// Column is a column of a Relation.
type Column struct {
	// Key says that the column is part of the replica identity.
	Key bool
	// Name is the column's name.
	Name string
	// TypeOID is the OID of its type.
	TypeOID uint32
	// TypeModifier is its pg_attribute.atttypmod, such as the length of a varchar; -1 is none.
	TypeModifier int32
}

// DataType names a type that is not built in. It comes before a Relation that has it.
type DataType struct {
	// OID is the type's OID on the server.
	OID uint32
	// Namespace is the type's schema, "" for pg_catalog.
	Namespace string
	// Name is the type's name.
	Name string
	// SubXID is the transaction of the message within a streamed block, else 0.
	SubXID uint32
}

// Insert is a new row.
type Insert struct {
	// XID is the transaction's ID.
	XID uint32
	// SubXID is the subtransaction's ID within a streamed block, where it can be rolled back alone; else it is XID.
	SubXID uint32
	// Relation is the table.
	Relation *Relation
	// New is the row.
	New Row
}

// Update is a changed row.
type Update struct {
	// XID is the transaction's ID.
	XID uint32
	// SubXID is as in Insert.
	SubXID uint32
	// Relation is the table.
	Relation *Relation
	// Key has the old key columns if the change touches them, else nil.
	Key *Row
	// Old is the whole old row with REPLICA IDENTITY FULL, else nil.
	Old *Row
	// New is the new row. A long value that has not changed is an Unchanged one: it is not sent.
	New Row
}

// Identity gives the columns of the replica identity by which a copy of the table finds the row to change.
func (u *Update) Identity() Row {
	if identity := identityOf(u.Key, u.Old); identity != nil {
		return *identity
	}
	return Row{Relation: u.Relation, Values: u.New.Values, keyOnly: true}
}

// Delete is a row that is no more.
type Delete struct {
	// XID is the transaction's ID.
	XID uint32
	// SubXID is as in Insert.
	SubXID uint32
	// Relation is the table.
	Relation *Relation
	// Key has the key columns of the row, nil with REPLICA IDENTITY FULL.
	Key *Row
	// Old is the whole row with REPLICA IDENTITY FULL, else nil.
	Old *Row
}

// Identity gives the columns of the replica identity by which a copy of the table finds the row to delete.
func (d *Delete) Identity() Row { return *identityOf(d.Key, d.Old) }

func identityOf(key, old *Row) *Row {
	if key != nil {
		return key
	}
	return old
}

// Truncate empties tables.
type Truncate struct {
	// XID is the transaction's ID.
	XID uint32
	// SubXID is as in Insert.
	SubXID uint32
	// Relations are the tables.
	Relations []*Relation
	// Cascade and RestartIdentity are the options of the TRUNCATE command.
	Cascade, RestartIdentity bool
}

// LogicalMessage is a message of pg_logical_emit_message, sent if PgOutput.Messages asks for it.
type LogicalMessage struct {
	// XID is the transaction's ID, 0 if the message is not transactional.
	XID uint32
	// SubXID is as in Insert.
	SubXID uint32
	// Transactional says that the message is part of its transaction. One that is not comes at once, also when the
	// transaction is rolled back, and stands outside of Begin and Commit.
	Transactional bool
	// LSN is the message's position.
	LSN LSN
	// Prefix and Content are what the program gave to pg_logical_emit_message.
	Prefix  string
	Content []byte
}

// BeginPrepare starts a transaction that was prepared for two-phase commit. Prepare ends it.
type BeginPrepare struct {
	// PrepareLSN and EndLSN are where the prepare record begins and ends.
	PrepareLSN, EndLSN LSN
	// PrepareTime is when the transaction was prepared.
	PrepareTime time.Time
	// XID is the transaction's ID.
	XID uint32
	// GID is the global identifier of PREPARE TRANSACTION.
	GID string
}

// Prepare ends a prepared transaction, whose outcome comes later as CommitPrepared or RollbackPrepared.
type Prepare struct {
	// PrepareLSN and EndLSN are where the prepare record begins and ends.
	PrepareLSN, EndLSN LSN
	// PrepareTime is when the transaction was prepared.
	PrepareTime time.Time
	// XID is the transaction's ID.
	XID uint32
	// GID is the global identifier.
	GID string
}

// CommitPrepared commits a prepared transaction.
type CommitPrepared struct {
	// CommitLSN and EndLSN are where the commit record begins and ends.
	CommitLSN, EndLSN LSN
	// CommitTime is when it committed.
	CommitTime time.Time
	// XID is the transaction's ID.
	XID uint32
	// GID is the global identifier.
	GID string
}

// RollbackPrepared rolls a prepared transaction back.
type RollbackPrepared struct {
	// PrepareEndLSN is where the prepare record ends, and EndLSN where the rollback's does.
	PrepareEndLSN, EndLSN LSN
	// PrepareTime and RollbackTime are when it was prepared and rolled back.
	PrepareTime, RollbackTime time.Time
	// XID is the transaction's ID.
	XID uint32
	// GID is the global identifier.
	GID string
}

// StreamStart starts a block of changes of a transaction that is still running.
type StreamStart struct {
	// XID is the transaction's ID.
	XID uint32
	// First says that this is the transaction's first block: what was kept of an earlier attempt is void.
	First bool
}

// StreamStop ends a block.
type StreamStop struct {
	// XID is the transaction's ID.
	XID uint32
}

// StreamCommit commits a transaction that was streamed in blocks.
type StreamCommit struct {
	// XID is the transaction's ID.
	XID uint32
	// CommitLSN and EndLSN are where the commit record begins and ends.
	CommitLSN, EndLSN LSN
	// CommitTime is when it committed.
	CommitTime time.Time
}

// StreamAbort rolls back a transaction that was streamed in blocks, or a subtransaction of it.
type StreamAbort struct {
	// XID is the transaction's ID.
	XID uint32
	// SubXID is the subtransaction's ID, whose changes are void; it is XID when all of them are.
	SubXID uint32
	// AbortLSN and AbortTime say where and when, with StreamingParallel; else they are zero.
	AbortLSN  LSN
	AbortTime time.Time
}

// StreamPrepare prepares a transaction that was streamed in blocks for two-phase commit.
type StreamPrepare struct {
	// PrepareLSN and EndLSN are where the prepare record begins and ends.
	PrepareLSN, EndLSN LSN
	// PrepareTime is when the transaction was prepared.
	PrepareTime time.Time
	// XID is the transaction's ID.
	XID uint32
	// GID is the global identifier.
	GID string
}

func (*Begin) change()            {}
func (*Commit) change()           {}
func (*Origin) change()           {}
func (*Relation) change()         {}
func (*DataType) change()         {}
func (*Insert) change()           {}
func (*Update) change()           {}
func (*Delete) change()           {}
func (*Truncate) change()         {}
func (*LogicalMessage) change()   {}
func (*BeginPrepare) change()     {}
func (*Prepare) change()          {}
func (*CommitPrepared) change()   {}
func (*RollbackPrepared) change() {}
func (*StreamStart) change()      {}
func (*StreamStop) change()       {}
func (*StreamCommit) change()     {}
func (*StreamAbort) change()      {}
func (*StreamPrepare) change()    {}
