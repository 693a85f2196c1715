package pgadapt_test

import (
	"database/sql"
	"math/big"
	"net"
	"net/netip"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// hostileTypes are the types that a hostile server says its values have.
var hostileTypes = []uint32{
	pgtype.BoolOID, pgtype.Int8OID, pgtype.Float8OID, pgtype.NumericOID, pgtype.TextOID, pgtype.ByteaOID, pgtype.UUIDOID,
	pgtype.DateOID, pgtype.TimestamptzOID, pgtype.TimeOID, pgtype.TimetzOID, pgtype.IntervalOID, pgtype.JSONBOID, pgtype.InetOID,
	pgtype.PointOID, pgtype.VarbitOID, pgtype.Int4rangeOID, pgtype.TstzrangeOID, pgtype.Int4multirangeOID,
	pgtype.Int8ArrayOID, pgtype.Float8ArrayOID, pgtype.TextArrayOID, pgtype.ByteaArrayOID, pgtype.UUIDArrayOID, pgtype.JSONBArrayOID,
	pgtype.TimestamptzArrayOID, pgtype.DateArrayOID, pgtype.TimeArrayOID, pgtype.IntervalArrayOID, pgtype.NumericArrayOID,
	pgtype.Int4rangeArrayOID,
}

// hostileDestinations are what the values are scanned into, with the wrapper, and on Go 1.27 also without.
var hostileDestinations = []func() any{
	newOf[any], newOf[bool], newOf[int64], newOf[uint8], newOf[float32], newOf[string], newOf[[]byte], newOf[[16]byte],
	newOf[sql.RawBytes], newOf[time.Time], newOf[time.Duration], newOf[sql.NullInt64], newOf[*string],
	newOf[big.Int], newOf[big.Float], newOf[big.Rat], newOf[pgtype.Numeric], newOf[pgtype.Interval], newOf[pgtype.Point],
	newOf[netip.Prefix], newOf[net.IP], newOf[pgtype.Range[int32]], newOf[pgtype.Multirange[pgtype.Range[int32]]],
	newOf[[]int64], newOf[[]string], newOf[[]float64], newOf[[][]byte], newOf[[]time.Time], newOf[[]time.Duration], newOf[[]*int64],
	newOf[[][]int64], newOf[[][][]string], newOf[[4]int64], newOf[[]any], newOf[[]sql.NullString], newOf[[]big.Rat],
	newOf[[]pgtype.Range[int32]], newOf[map[string]string], newOf[map[string]*string], newOf[pair],
}

func newOf[T any]() any { return new(T) }

// heldAllocated gives the bytes that the process has allocated so far.
func heldAllocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// oneValue is the answer of a server to every query.
type oneValue struct {
	mutex sync.Mutex
	oid   uint32
	// format is the wire's code: 0 for text, 1 for binary.
	format int16
	src    []byte
}

func (v *oneValue) set(oid uint32, format int16, src []byte) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.oid, v.format, v.src = oid, format, src
}

func (v *oneValue) answer(backend *pgproto3.Backend, message pgproto3.FrontendMessage) bool {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if _, ok := message.(*pgproto3.Query); ok {
		backend.Send(&pgproto3.RowDescription{Fields: []pgproto3.FieldDescription{
			{Name: []byte("a"), DataTypeOID: v.oid, DataTypeSize: -1, TypeModifier: -1, Format: v.format},
		}})
		backend.Send(&pgproto3.DataRow{Values: [][]byte{v.src}})
		backend.Send(&pgproto3.CommandComplete{CommandTag: []byte("SELECT 1")})
		backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	}
	return true
}

// FuzzScan scans any bytes as any type in both formats into everything: there is a value or an error, both are bounded
// by what has arrived, and the connection goes on.
func FuzzScan(f *testing.F) {
	var value oneValue
	server := startScriptedServer(f, value.answer)
	db, err := sql.Open(pgadapt.DriverName, "postgres://user@"+server.address+"/db?sslmode=disable&default_query_exec_mode=simple_protocol")
	require.NoError(f, err)
	f.Cleanup(func() { _ = db.Close() })
	manyElements := []byte("\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x14\x7f\xff\xff\xff\x00\x00\x00\x01")
	thousandDimensions := []byte("\x00\x00\x03\xe8\x00\x00\x00\x00\x00\x00\x00\x14")
	noneOfMany := []byte("\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x00\x00\x00\x00\x01\x7f\xff\xff\xff\x00\x00\x00\x01")
	texts := []string{
		"{1,NULL,\"a\"}", "{{1},{2}}", "[1,5)", "{[1,5)}", "1e1000000000", "1 year 2 mons", "2024-02-29 12:00:00+00", "infinity",
		"\\x00ff", `"a"=>"1"`, "(1,2)", `{"a": 1}`, "10.0.0.1/8", "NaN", "",
	}
	for i := range hostileTypes {
		f.Add(uint8(i), true, [][]byte{manyElements, thousandDimensions, noneOfMany}[i%3])
		f.Add(uint8(i), false, []byte(texts[i%len(texts)]))
		f.Add(uint8(i), false, []byte(texts[(i*7+4)%len(texts)]))
	}
	f.Fuzz(func(t *testing.T, number uint8, binary bool, src []byte) {
		format := int16(pgtype.TextFormatCode)
		if binary {
			format = pgtype.BinaryFormatCode
		}
		value.set(hostileTypes[int(number)%len(hostileTypes)], format, src)
		before, scans := heldAllocated(), 0
		for _, destination := range hostileDestinations {
			for _, wrap := range scanningWays {
				scans++
				if err := db.QueryRow("select a").Scan(wrap(destination())); err != nil {
					require.Less(t, len(err.Error()), 1000+10*len(src))
				}
			}
		}
		const fixed, multiple = 64 << 10, 300
		require.Less(t, heldAllocated()-before, uint64(scans*(fixed+multiple*len(src))))
	})
}
