package replication

import (
	"errors"
	"fmt"
)

// Decoder decodes the messages of pgoutput, of all protocol versions from 1 to 4. The zero value is ready for the
// messages of one connection, from the first on: it remembers the relations that they announce. A [Stream] has its own;
// this is for messages that came another way, such as from pg_logical_slot_get_binary_changes. It is used by one
// goroutine at a time, and what it gives may be used by any.
type Decoder struct {
	relations map[uint32]*Relation
	scanner   *valueScanner
	// xid is the transaction whose changes are being read, 0 between transactions.
	xid uint32
	// streaming says that a block of a streamed transaction is open: its messages begin with a transaction ID.
	streaming bool
}

// Decode decodes one message. What it gives keeps parts of data, which must not be changed afterwards.
func (d *Decoder) Decode(data []byte) (Change, error) {
	if len(data) == 0 {
		return nil, errors.New("replication: a pgoutput message is empty")
	}
	decode, known := decoders[data[0]]
	if !known {
		return nil, fmt.Errorf("replication: %q is no pgoutput message", data[0])
	}
	in := &payload{rest: data[1:]}
	change := decode(d, in)
	if in.err == nil && len(in.rest) > 0 {
		in.fail("%d bytes are left over", len(in.rest))
	}
	if in.err != nil {
		return nil, fmt.Errorf("replication: pgoutput message %q: %w", data[0], in.err)
	}
	return change, nil
}

// decoders has a function for each message type (PostgreSQL documentation, "Logical Replication Message Formats").
var decoders = map[byte]func(*Decoder, *payload) Change{
	'B': (*Decoder).begin,
	'C': (*Decoder).commit,
	'O': (*Decoder).origin,
	'R': (*Decoder).relation,
	'Y': (*Decoder).dataType,
	'I': (*Decoder).insert,
	'U': (*Decoder).update,
	'D': (*Decoder).delete,
	'T': (*Decoder).truncate,
	'M': (*Decoder).logicalMessage,
	'b': (*Decoder).beginPrepare,
	'P': (*Decoder).prepare,
	'K': (*Decoder).commitPrepared,
	'r': (*Decoder).rollbackPrepared,
	'S': (*Decoder).streamStart,
	'E': (*Decoder).streamStop,
	'c': (*Decoder).streamCommit,
	'A': (*Decoder).streamAbort,
	'p': (*Decoder).streamPrepare,
}

// subXID reads the transaction ID that messages within a streamed block begin with; elsewhere it is the transaction's.
func (d *Decoder) subXID(in *payload) uint32 {
	if d.streaming {
		return in.uint32()
	}
	return d.xid
}

func (d *Decoder) relation(in *payload) Change {
	relation := &Relation{}
	if d.streaming {
		relation.SubXID = in.uint32()
	}
	relation.OID, relation.Namespace, relation.Name = in.uint32(), in.string(), in.string()
	relation.ReplicaIdentity = in.byte()
	relation.Columns = columns(in)
	if in.err != nil {
		return nil
	}
	if d.relations == nil {
		d.relations, d.scanner = map[uint32]*Relation{}, &valueScanner{}
	}
	if relation.Namespace == "" {
		relation.Namespace = "pg_catalog"
	}
	relation.scanner = d.scanner
	d.relations[relation.OID] = relation
	return relation
}

// shortestColumn is the length of a column with an empty name.
const shortestColumn = 1 + 1 + 4 + 4

func columns(in *payload) []Column {
	columns := make([]Column, in.count(shortestColumn))
	for i := range columns {
		columns[i] = Column{Key: in.byte()&1 != 0, Name: in.string(), TypeOID: in.uint32(), TypeModifier: int32(in.uint32())}
	}
	return columns
}

func (d *Decoder) dataType(in *payload) Change {
	announced := &DataType{}
	if d.streaming {
		announced.SubXID = in.uint32()
	}
	announced.OID, announced.Namespace, announced.Name = in.uint32(), in.string(), in.string()
	return announced
}

// known finds a relation that was announced before.
func (d *Decoder) known(in *payload) *Relation {
	oid := in.uint32()
	relation, ok := d.relations[oid]
	if !ok {
		in.fail("relation %d was not announced", oid)
	}
	return relation
}

func (d *Decoder) insert(in *payload) Change {
	insert := &Insert{XID: d.xid, SubXID: d.subXID(in), Relation: d.known(in)}
	in.expect('N')
	insert.New = Row{Relation: insert.Relation, Values: values(in, insert.Relation)}
	return insert
}

func (d *Decoder) update(in *payload) Change {
	update := &Update{XID: d.xid, SubXID: d.subXID(in), Relation: d.known(in)}
	if in.next() != 'N' {
		update.Key, update.Old = oldRow(in, update.Relation)
	}
	in.expect('N')
	update.New = Row{Relation: update.Relation, Values: values(in, update.Relation)}
	return update
}

func (d *Decoder) delete(in *payload) Change {
	delete := &Delete{XID: d.xid, SubXID: d.subXID(in), Relation: d.known(in)}
	delete.Key, delete.Old = oldRow(in, delete.Relation)
	return delete
}

// oldRow reads what identifies a row: its key columns or, with REPLICA IDENTITY FULL, all of them.
func oldRow(in *payload, relation *Relation) (key, old *Row) {
	kind := in.byte()
	row := &Row{Relation: relation, Values: values(in, relation), keyOnly: kind == 'K'}
	switch kind {
	case 'K':
		return row, nil
	case 'O':
		return nil, row
	}
	in.fail("%q is not an old row or key", kind)
	return nil, nil
}

// values reads a TupleData. Each value takes at least the byte of its kind.
func values(in *payload, relation *Relation) []Value {
	count := in.count(1)
	if in.err == nil && count != len(relation.Columns) {
		in.fail("a row of %s has %d values for %d columns", relation.qualifiedName(), count, len(relation.Columns))
	}
	if in.err != nil {
		return nil
	}
	values := make([]Value, count)
	for i := range values {
		values[i].Kind = ValueKind(in.byte())
		switch values[i].Kind {
		case Null, Unchanged:
		case Text, Binary:
			values[i].Data = in.bytes()
		default:
			in.fail("%q is not a kind of value", byte(values[i].Kind))
		}
		if in.err != nil {
			return nil
		}
	}
	return values
}

// oidLength is the length of an OID.
const oidLength = 4

func (d *Decoder) truncate(in *payload) Change {
	truncate := &Truncate{XID: d.xid, SubXID: d.subXID(in)}
	count := in.uint32()
	options := in.byte()
	truncate.Cascade, truncate.RestartIdentity = options&1 != 0, options&2 != 0
	if uint64(count)*oidLength > uint64(len(in.rest)) {
		in.fail("the message is too short")
		return nil
	}
	truncate.Relations = make([]*Relation, count)
	for i := range truncate.Relations {
		truncate.Relations[i] = d.known(in)
	}
	return truncate
}

func (d *Decoder) logicalMessage(in *payload) Change {
	message := &LogicalMessage{XID: d.xid, SubXID: d.subXID(in)}
	message.Transactional = in.byte()&1 != 0
	if !message.Transactional {
		message.XID, message.SubXID = 0, 0
	}
	message.LSN, message.Prefix, message.Content = in.lsn(), in.string(), in.bytes()
	return message
}
