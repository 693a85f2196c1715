package pgadapt_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// manyValues is how many values of each type go to the server and back, a thousand at a time.
const manyValues = 10_000

// requireManyBack sends arrays of random values and compares what comes back.
func requireManyBack[T any](t *testing.T, typeName string, generate func(random *rand.Rand) T) {
	t.Helper()
	t.Run(typeName, func(t *testing.T) {
		conn := session(t, open(t, "TimeZone", "UTC"))
		random := rand.New(rand.NewPCG(1, 2))
		for range manyValues / 1000 {
			sent := make([]T, 1000)
			for i := range sent {
				sent[i] = generate(random)
			}
			for _, wrap := range scanningWays {
				var got []T
				require.NoError(t, conn.QueryRowContext(t.Context(), "select $1::"+typeName+"[]", sent).Scan(wrap(&got)))
				require.Len(t, got, len(sent))
				for i := range sent {
					requireSame(t, any(sent[i]), any(got[i]))
				}
			}
		}
	})
}

func randomText(random *rand.Rand) string {
	letters := []rune("ab ,\"\\{}()'NULL\n\té世")
	text := make([]rune, random.IntN(8))
	for i := range text {
		text[i] = letters[random.IntN(len(letters))]
	}
	return string(text)
}

func randomTime(random *rand.Rand) time.Time {
	return time.UnixMicro(random.Int64N(1<<53) - 1<<52).UTC()
}

func TestManyValuesComeBackAsTheyWere(t *testing.T) {
	requireManyBack(t, "int8", func(random *rand.Rand) int64 { return int64(random.Uint64()) })
	requireManyBack(t, "int4", func(random *rand.Rand) int32 { return int32(random.Uint32()) })
	requireManyBack(t, "float8", func(random *rand.Rand) float64 {
		value := math.Float64frombits(random.Uint64())
		if math.IsNaN(value) {
			return 0
		}
		return value
	})
	requireManyBack(t, "numeric", func(random *rand.Rand) big.Int {
		var value big.Int
		value.Mul(big.NewInt(int64(random.Uint64())), big.NewInt(int64(random.Uint64())))
		return value
	})
	requireManyBack(t, "text", randomText)
	requireManyBack(t, "text", func(random *rand.Rand) *string {
		if random.IntN(3) == 0 {
			return nil
		}
		return pointerTo(randomText(random))
	})
	requireManyBack(t, "bytea", func(random *rand.Rand) []byte {
		value := make([]byte, random.IntN(8))
		for i := range value {
			value[i] = byte(random.Uint32())
		}
		return value
	})
	requireManyBack(t, "timestamptz", randomTime)
	requireManyBack(t, "timestamp", randomTime)
	requireManyBack(t, "date", func(random *rand.Rand) time.Time {
		return time.Date(random.IntN(9000)-1000, 1, 1+random.IntN(365), 0, 0, 0, 0, time.UTC)
	})
	requireManyBack(t, "interval", func(random *rand.Rand) time.Duration {
		return time.Duration(random.Int64N(1<<60)-1<<59) / 1000 * 1000
	})
	requireManyBack(t, "uuid", func(random *rand.Rand) (value [16]byte) {
		for i := range value {
			value[i] = byte(random.Uint32())
		}
		return value
	})
	requireManyBack(t, "inet", func(random *rand.Rand) netip.Prefix {
		address := netip.AddrFrom4([4]byte{byte(random.Uint32()), byte(random.Uint32()), 3, 4})
		return netip.PrefixFrom(address, random.IntN(33))
	})
	requireManyBack(t, "jsonb", func(random *rand.Rand) map[string]string {
		return map[string]string{"k" + randomText(random): randomText(random)}
	})
	requireManyBack(t, "int4range", func(random *rand.Rand) pgtype.Range[int32] {
		return closedOpen(int32(random.IntN(100)), int32(100+random.IntN(100)))
	})
}

func TestWrappersInOtherForms(t *testing.T) {
	text, err := pgadapt.Array([]string{"a", `b"`, "NULL"}).Value()
	require.NoError(t, err)
	require.Equal(t, `{a,"b\"","NULL"}`, text)
	var words []string
	require.NoError(t, pgadapt.Array(&words).Scan([]byte(`{a,"b c"}`)))
	require.Equal(t, []string{"a", "b c"}, words)
	require.NoError(t, pgadapt.Array(&words).Scan(nil))
	require.Nil(t, words)
	require.ErrorContains(t, pgadapt.Array(words).Scan("{}"), "not a pointer")
	require.ErrorContains(t, pgadapt.Array(&words).Scan("{NULL}"), "element 1")

	document, err := pgadapt.JSON("<a>").Value()
	require.NoError(t, err)
	require.Equal(t, `"<a>"`, document)
	document, err = pgadapt.JSON((*pair)(nil)).Value()
	require.NoError(t, err)
	require.Nil(t, document)
	var got pair
	require.NoError(t, pgadapt.JSON(&got).Scan(`{"A": 1, "B": 2}`))
	require.Equal(t, pair{1, 2}, got)
	require.ErrorContains(t, pgadapt.JSON(&got).Scan(nil), "NULL")
	require.ErrorContains(t, pgadapt.JSON(&got).Scan(5), "no JSON document")

	require.NoError(t, pgadapt.Scan(&got).Scan("(3,4)"))
	require.Equal(t, pair{3, 4}, got)
	var byKey map[string]*string
	require.NoError(t, pgadapt.Scan(&byKey).Scan(`"a"=>"1", "b"=>NULL`))
	require.Equal(t, map[string]*string{"a": pointerTo("1"), "b": nil}, byKey)
}
