package replication_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/replication"
)

// wire puts a message together: a byte is a byte, an int16, int32 or int64 a number in network order, a string one with
// its zero byte, and a []byte a length and the bytes.
func wire(fields ...any) []byte {
	var message []byte
	for _, field := range fields {
		switch field := field.(type) {
		case byte:
			message = append(message, field)
		case rune:
			message = append(message, byte(field))
		case int16:
			message = binary.BigEndian.AppendUint16(message, uint16(field))
		case int:
			message = binary.BigEndian.AppendUint32(message, uint32(field))
		case int64:
			message = binary.BigEndian.AppendUint64(message, uint64(field))
		case string:
			message = append(append(message, field...), 0)
		case []byte:
			message = append(binary.BigEndian.AppendUint32(message, uint32(len(field))), field...)
		}
	}
	return message
}

// second is a time of the server, in microseconds since 2000, and what it means.
const second = int64(1_000_000)

var secondTime = time.Date(2000, 1, 1, 0, 0, 1, 0, time.UTC)

// table announces the relation 16384, public.t (id int primary key, name text).
func table(streamed ...any) []byte {
	fields := append([]any{'R'}, streamed...)
	return wire(append(fields, 16384, "public", "t", 'd', int16(2),
		byte(1), "id", 23, -1, byte(0), "name", 25, -1)...)
}

var tableColumns = []replication.Column{
	{Key: true, Name: "id", TypeOID: 23, TypeModifier: -1}, {Name: "name", TypeOID: 25, TypeModifier: -1},
}

// decodeAll decodes messages of one connection and gives the last change.
func decodeAll(t *testing.T, messages ...[]byte) replication.Change {
	t.Helper()
	var decoder replication.Decoder
	var last replication.Change
	for _, message := range messages {
		change, err := decoder.Decode(message)
		require.NoError(t, err)
		last = change
	}
	return last
}

var (
	beginMessage       = wire('B', int64(0x16B374D848), second, 7)
	streamStartMessage = wire('S', 9, byte(1))
)

func TestDecodeTransactions(t *testing.T) {
	for _, test := range []struct {
		name    string
		before  [][]byte
		message []byte
		want    replication.Change
	}{
		{"Begin", nil, beginMessage, &replication.Begin{FinalLSN: 0x16B374D848, CommitTime: secondTime, XID: 7}},
		{
			"Commit", [][]byte{beginMessage}, wire('C', byte(0), int64(1), int64(2), second),
			&replication.Commit{CommitLSN: 1, EndLSN: 2, CommitTime: secondTime, XID: 7},
		},
		{"Origin", nil, wire('O', int64(5), "elsewhere"), &replication.Origin{CommitLSN: 5, Name: "elsewhere"}},
		{
			"BeginPrepare", nil, wire('b', int64(1), int64(2), second, 7, "gid"),
			&replication.BeginPrepare{PrepareLSN: 1, EndLSN: 2, PrepareTime: secondTime, XID: 7, GID: "gid"},
		},
		{
			"Prepare", nil, wire('P', byte(0), int64(1), int64(2), second, 7, "gid"),
			&replication.Prepare{PrepareLSN: 1, EndLSN: 2, PrepareTime: secondTime, XID: 7, GID: "gid"},
		},
		{
			"CommitPrepared", nil, wire('K', byte(0), int64(1), int64(2), second, 7, "gid"),
			&replication.CommitPrepared{CommitLSN: 1, EndLSN: 2, CommitTime: secondTime, XID: 7, GID: "gid"},
		},
		{
			"RollbackPrepared", nil, wire('r', byte(0), int64(1), int64(2), int64(0), second, 7, "gid"),
			&replication.RollbackPrepared{
				PrepareEndLSN: 1, EndLSN: 2, PrepareTime: secondTime.Add(-time.Second), RollbackTime: secondTime, XID: 7, GID: "gid",
			},
		},
		{"StreamStart", nil, streamStartMessage, &replication.StreamStart{XID: 9, First: true}},
		{"StreamStop", [][]byte{streamStartMessage}, wire('E'), &replication.StreamStop{XID: 9}},
		{
			"StreamCommit", nil, wire('c', 9, byte(0), int64(1), int64(2), second),
			&replication.StreamCommit{XID: 9, CommitLSN: 1, EndLSN: 2, CommitTime: secondTime},
		},
		{"StreamAbort", nil, wire('A', 9, 10), &replication.StreamAbort{XID: 9, SubXID: 10}},
		{
			"StreamAbort of version 4", nil, wire('A', 9, 10, int64(3), second),
			&replication.StreamAbort{XID: 9, SubXID: 10, AbortLSN: 3, AbortTime: secondTime},
		},
		{
			"StreamPrepare", nil, wire('p', byte(0), int64(1), int64(2), second, 9, "gid"),
			&replication.StreamPrepare{PrepareLSN: 1, EndLSN: 2, PrepareTime: secondTime, XID: 9, GID: "gid"},
		},
		{
			"DataType", nil, wire('Y', 16390, "public", "mood"),
			&replication.DataType{OID: 16390, Namespace: "public", Name: "mood"},
		},
		{
			"DataType in a block", [][]byte{streamStartMessage}, wire('Y', 10, 16390, "public", "mood"),
			&replication.DataType{SubXID: 10, OID: 16390, Namespace: "public", Name: "mood"},
		},
		{
			"LogicalMessage", nil, wire('M', byte(0), int64(4), "prefix", []byte("content")),
			&replication.LogicalMessage{LSN: 4, Prefix: "prefix", Content: []byte("content")},
		},
		{
			"LogicalMessage of a transaction", [][]byte{beginMessage}, wire('M', byte(1), int64(4), "", []byte{}),
			&replication.LogicalMessage{XID: 7, SubXID: 7, Transactional: true, LSN: 4, Content: []byte{}},
		},
		{
			"LogicalMessage in a block", [][]byte{streamStartMessage}, wire('M', 10, byte(1), int64(4), "p", []byte("c")),
			&replication.LogicalMessage{XID: 9, SubXID: 10, Transactional: true, LSN: 4, Prefix: "p", Content: []byte("c")},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, decodeAll(t, append(test.before, test.message)...))
		})
	}
}

func TestDecodeRelation(t *testing.T) {
	relation := decodeAll(t, table()).(*replication.Relation)
	require.Equal(t, uint32(16384), relation.OID)
	require.Equal(t, "public", relation.Namespace)
	require.Equal(t, "t", relation.Name)
	require.Equal(t, byte('d'), relation.ReplicaIdentity)
	require.Equal(t, tableColumns, relation.Columns)
	require.Zero(t, relation.SubXID)

	streamed := decodeAll(t, streamStartMessage, table(10)).(*replication.Relation)
	require.Equal(t, uint32(10), streamed.SubXID)
	require.Equal(t, tableColumns, streamed.Columns)

	builtIn := decodeAll(t, wire('R', 1259, "", "pg_class", 'n', int16(0))).(*replication.Relation)
	require.Equal(t, "pg_catalog", builtIn.Namespace)
}

// A row of the table with the given kind: N new, O old, K key.
func row(kind rune, id, name string) []byte {
	return wire(kind, int16(2), 't', []byte(id), 't', []byte(name))
}

func text(value string) replication.Value {
	return replication.Value{Kind: replication.Text, Data: []byte(value)}
}

func TestDecodeRows(t *testing.T) {
	key := wire('K', int16(2), 't', []byte("1"), 'n')
	head := func(kind rune) []byte { return wire(kind, 16384) }
	join := func(parts ...[]byte) (joined []byte) {
		for _, part := range parts {
			joined = append(joined, part...)
		}
		return joined
	}
	decode := func(t *testing.T, message []byte) replication.Change {
		return decodeAll(t, table(), beginMessage, message)
	}

	t.Run("insert", func(t *testing.T) {
		insert := decode(t, join(head('I'), wire('N', int16(2), 'b', []byte{0, 0, 0, 1}, 'n'))).(*replication.Insert)
		require.Equal(t, uint32(7), insert.XID)
		require.Equal(t, uint32(7), insert.SubXID)
		require.Equal(t, "t", insert.Relation.Name)
		require.Equal(t, []replication.Value{{Kind: replication.Binary, Data: []byte{0, 0, 0, 1}}, {Kind: replication.Null}}, insert.New.Values)
		require.Equal(t, map[string]any{"id": []byte{0, 0, 0, 1}, "name": nil}, insert.New.Map())
	})
	t.Run("insert in a block", func(t *testing.T) {
		insert := decodeAll(t, streamStartMessage, table(10), join(wire('I', 10, 16384), row('N', "1", "a"))).(*replication.Insert)
		require.Equal(t, uint32(9), insert.XID)
		require.Equal(t, uint32(10), insert.SubXID)
	})
	t.Run("update", func(t *testing.T) {
		update := decode(t, join(head('U'), row('N', "1", "b"))).(*replication.Update)
		require.Nil(t, update.Key)
		require.Nil(t, update.Old)
		require.Equal(t, map[string]any{"id": "1", "name": "b"}, update.New.Map())
		require.Equal(t, map[string]any{"id": "1"}, update.Identity().Map())
	})
	t.Run("update of the key", func(t *testing.T) {
		update := decode(t, join(head('U'), key, row('N', "2", "b"))).(*replication.Update)
		require.Equal(t, map[string]any{"id": "1"}, update.Key.Map(), "name is no NULL: it is not known")
		require.Equal(t, map[string]any{"id": "1"}, update.Identity().Map())
		require.Equal(t, map[string]any{"id": "2", "name": "b"}, update.New.Map())
		_, found := update.Key.Value("name")
		require.False(t, found)
	})
	t.Run("update with the whole old row", func(t *testing.T) {
		update := decode(t, join(head('U'), row('O', "1", "a"), wire('N', int16(2), 't', []byte("1"), 'u'))).(*replication.Update)
		require.Equal(t, map[string]any{"id": "1", "name": "a"}, update.Old.Map())
		require.Equal(t, map[string]any{"id": "1"}, update.New.Map(), "name is unchanged")
		value, found := update.New.Value("name")
		require.True(t, found)
		require.Equal(t, replication.Value{Kind: replication.Unchanged}, value)
		require.Equal(t, map[string]any{"id": "1", "name": "a"}, update.Identity().Map())
	})
	t.Run("delete", func(t *testing.T) {
		byKey := decode(t, join(head('D'), key)).(*replication.Delete)
		require.Nil(t, byKey.Old)
		require.Equal(t, map[string]any{"id": "1"}, byKey.Identity().Map())
		whole := decode(t, join(head('D'), row('O', "1", "a"))).(*replication.Delete)
		require.Nil(t, whole.Key)
		require.Equal(t, map[string]any{"id": "1", "name": "a"}, whole.Identity().Map())
	})
	t.Run("truncate", func(t *testing.T) {
		truncate := decode(t, wire('T', 2, byte(3), 16384, 16384)).(*replication.Truncate)
		require.True(t, truncate.Cascade)
		require.True(t, truncate.RestartIdentity)
		require.Len(t, truncate.Relations, 2)
	})
	t.Run("values", func(t *testing.T) {
		insert := decode(t, join(head('I'), row('N', "1", "a"))).(*replication.Insert)
		value, found := insert.New.Value("name")
		require.True(t, found)
		require.Equal(t, text("a"), value)
		for column, value := range insert.New.All() {
			require.Equal(t, "id", column.Name)
			require.Equal(t, text("1"), value)
			break
		}
	})
}

func TestScanColumns(t *testing.T) {
	announced := wire('R', 16385, "public", "things", 'd', int16(6), byte(1), "id", 20, -1, byte(0), "at", 1184, -1,
		byte(0), "tags", 1009, -1, byte(0), "mood", 99999, -1, byte(0), "none", 23, -1, byte(0), "long", 25, -1)
	insert := decodeAll(t, announced, beginMessage, wire('I', 16385, 'N', int16(6),
		't', []byte("42"), 't', []byte("2000-01-01 00:00:01+00"), 't', []byte(`{a,"b c"}`), 't', []byte("happy"), 'n', 'u')).(*replication.Insert)
	var (
		id   int64
		at   time.Time
		tags []string
		mood string
		none *int
	)
	require.NoError(t, insert.New.Scan("id", &id))
	require.NoError(t, insert.New.Scan("at", &at))
	require.NoError(t, insert.New.Scan("tags", &tags))
	require.NoError(t, insert.New.Scan("mood", &mood))
	require.NoError(t, insert.New.Scan("none", &none))
	require.Equal(t, int64(42), id)
	require.True(t, secondTime.Equal(at))
	require.Equal(t, []string{"a", "b c"}, tags)
	require.Equal(t, "happy", mood)
	require.Nil(t, none)

	require.ErrorContains(t, insert.New.Scan("missing", &id), `"public"."things" has no column "missing"`)
	require.ErrorContains(t, insert.New.Scan("long", &mood), "unchanged")
	require.ErrorContains(t, insert.New.Scan("mood", &id), `column "mood"`)
}

var malformed = []struct {
	name    string
	before  [][]byte
	message []byte
	want    string
}{
	{"nothing", nil, nil, "empty"},
	{"unknown type", nil, wire('x'), "no pgoutput message"},
	{"short Begin", nil, beginMessage[:10], "too short"},
	{"long Begin", nil, append(beginMessage[:len(beginMessage):len(beginMessage)], 0), "left over"},
	{"unknown relation", nil, wire('I', 1, 'N', int16(0)), "relation 1 was not announced"},
	{"text without an end", nil, []byte{'O', 0, 0, 0, 0, 0, 0, 0, 1, 'x'}, "too short"},
	{"too many columns", nil, wire('R', 1, "s", "t", 'd', int16(-1)), "too short"},
	{"too many relations", nil, wire('T', -1, byte(0)), "too short"},
	{"too long a value", [][]byte{table()}, wire('I', 16384, 'N', int16(2), 't', -1, byte(0)), "too short"},
	{"fewer values than columns", [][]byte{table()}, wire('I', 16384, 'N', int16(1), 'n'), "1 values for 2 columns"},
	{"unknown kind of value", [][]byte{table()}, wire('I', 16384, 'N', int16(2), 'n', 'z'), "not a kind of value"},
	{"no new row", [][]byte{table()}, wire('I', 16384, 'O', int16(2), 'n', 'n'), "in place of"},
	{"no old row", [][]byte{table()}, wire('D', 16384, 'N', int16(2), 'n', 'n'), "not an old row"},
	{"block in a block", [][]byte{streamStartMessage}, streamStartMessage, "still open"},
	{"end of no block", nil, wire('E'), "no block is open"},
}

func TestDecodeMalformed(t *testing.T) {
	for _, test := range malformed {
		t.Run(test.name, func(t *testing.T) {
			var decoder replication.Decoder
			for _, message := range test.before {
				_, err := decoder.Decode(message)
				require.NoError(t, err)
			}
			change, err := decoder.Decode(test.message)
			require.ErrorContains(t, err, test.want)
			require.ErrorContains(t, err, "replication: ")
			require.Nil(t, change)
		})
	}
}

// The property: nothing that is decoded has more parts than the message has bytes, so that memory is bounded by what was
// received; and what the accessors give is in order.
func FuzzDecode(f *testing.F) {
	for _, test := range malformed {
		f.Add(false, test.message)
	}
	for _, message := range [][]byte{
		beginMessage, table(), wire('U', 16384, 'K', int16(2), 'n', 'u', 'N', int16(2), 't', []byte("1"), 'b', []byte("2")),
		wire('D', 16384, 'O', int16(2), 'n', 'u'), wire('T', 1, byte(0), 16384), wire('M', byte(1), int64(4), "p", []byte("c")),
		wire('A', 9, 10, int64(3), second), wire('p', byte(0), int64(1), int64(2), second, 9, "gid"),
	} {
		f.Add(false, message)
		f.Add(true, message)
	}
	f.Fuzz(func(t *testing.T, streamed bool, message []byte) {
		var decoder replication.Decoder
		if streamed {
			_, err := decoder.Decode(streamStartMessage)
			require.NoError(t, err)
			_, err = decoder.Decode(table(10))
			require.NoError(t, err)
		} else {
			_, err := decoder.Decode(table())
			require.NoError(t, err)
		}
		change, err := decoder.Decode(message)
		require.Equal(t, err == nil, change != nil)
		for _, row := range rowsOf(change) {
			require.LessOrEqual(t, len(row.Values), len(message))
			require.Len(t, row.Values, len(row.Relation.Columns))
			size := 0
			for _, value := range row.Values {
				size += len(value.Data)
			}
			require.Less(t, size, len(message))
			require.LessOrEqual(t, len(row.Map()), len(row.Values))
		}
		switch change := change.(type) {
		case *replication.Relation:
			require.Less(t, len(change.Columns), len(message))
		case *replication.Truncate:
			require.Less(t, len(change.Relations), len(message))
		}
	})
}

func rowsOf(change replication.Change) (rows []replication.Row) {
	switch change := change.(type) {
	case *replication.Insert:
		rows = []replication.Row{change.New}
	case *replication.Update:
		rows = []replication.Row{change.New, change.Identity()}
	case *replication.Delete:
		rows = []replication.Row{change.Identity()}
	}
	return rows
}
