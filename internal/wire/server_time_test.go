package wire_test

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// The limits of date and timestamp, in the units of their binary formats.
const (
	firstDay         = -2451545
	lastDay          = 2145031948
	firstMicrosecond = -211813488000000000
	lastMicrosecond  = 9223371331199999999
)

func sampleDates() []time.Time {
	values := []time.Time{day(1582, 10, 10), day(1900, 2, 28), day(31, 12, 11), day(12, 11, 10), day(99, 1, 2)}
	for _, c := range dates {
		values = append(values, c.v)
	}
	for range 100 {
		values = append(values, day(2000, 1, 1).AddDate(0, 0, firstDay+rand.IntN(lastDay-firstDay+1)))
	}
	return values
}

func sampleTimestamps() []time.Time {
	var values []time.Time
	for _, c := range timestamps {
		values = append(values, c.v)
	}
	for range 100 {
		microseconds := firstMicrosecond + int64(rand.Uint64N(lastMicrosecond-firstMicrosecond+1))
		v, _, _ := wire.DecodeTimestamp(wire.AppendInt8(nil, microseconds))
		values = append(values, v)
		values = append(values, time.UnixMicro(rand.Int64N(4e15)-2e15).UTC())
	}
	return values
}

var timestampTZCodec = codec[time.Time]{
	typeName: "timestamptz", appendBinary: wire.AppendTimestampTZ, appendText: wire.AppendTimestampTZText,
	decode: finite(wire.DecodeTimestamp),
	parse: finite(func(src []byte) (time.Time, wire.Infinity, error) {
		return wire.ParseTimestampTZ(src, nil)
	}),
}

func TestServerReadsDatesAndTimestamps(t *testing.T) {
	conn := connectToServer(t)
	requireServerAgrees(t, conn, codec[time.Time]{
		"date", sampleDates(), wire.AppendDate, wire.AppendDateText, finite(wire.DecodeDate), finite(wire.ParseDate),
	})
	requireServerAgrees(t, conn, codec[time.Time]{
		"timestamp", sampleTimestamps(), wire.AppendTimestamp, wire.AppendTimestampText, finite(wire.DecodeTimestamp),
		finite(wire.ParseTimestamp),
	})
}

func TestServerReadsTimestampTZInEveryZone(t *testing.T) {
	for _, zone := range []string{"UTC", "America/New_York", "Asia/Calcutta", "Europe/Amsterdam", "Pacific/Kiritimati"} {
		t.Run(zone, func(t *testing.T) {
			c := timestampTZCodec
			c.values = sampleTimestamps()
			for i, v := range c.values {
				offset := rand.IntN(2*57599) - 57599
				c.values[i] = v.In(time.FixedZone("", offset))
			}
			requireServerAgrees(t, connectToServer(t, "timezone="+zone), c)
		})
	}
}

// The text of a date or timestamp is the server's own, byte for byte.
func TestServerPrintsDatesAndTimestampsAlike(t *testing.T) {
	conn := connectToServer(t)
	printed := map[string]func([]byte, time.Time) ([]byte, error){
		"timestamp":   wire.AppendTimestampText,
		"timestamptz": wire.AppendTimestampTZText,
		"date":        wire.AppendDateText,
	}
	for typeName, appendText := range printed {
		for _, v := range sampleTimestamps() {
			text := must(appendText(nil, v))
			answer, err := evaluate(t, conn, "select $1::"+typeName, [][]byte{text}, textFormat, textFormat)
			require.NoError(t, err)
			require.Equal(t, string(answer), string(text))
		}
	}
}

func TestServerReadsTimeTextsInEveryDateStyle(t *testing.T) {
	values := append(sampleTimestamps()[:40], sampleDates()[:5]...)
	for _, style := range []string{"ISO", "SQL", "Postgres", "German"} {
		for _, order := range []string{"MDY", "DMY", "YMD"} {
			t.Run(style+" "+order, func(t *testing.T) {
				conn := connectToServer(t, "datestyle="+style+", "+order)
				read := func(typeName string, text []byte) []byte {
					answer, err := evaluate(t, conn, "select $1::"+typeName, [][]byte{text}, textFormat, binaryFormat)
					require.NoError(t, err, "%s", text)
					return answer
				}
				for _, v := range values {
					require.Equal(t, must(wire.AppendDate(nil, v)), read("date", must(wire.AppendDateText(nil, v))))
					require.Equal(t, must(wire.AppendTimestamp(nil, v)), read("timestamp", must(wire.AppendTimestampText(nil, v))))
					v := v.In(time.FixedZone("", 19270))
					require.Equal(t, must(wire.AppendTimestampTZ(nil, v)), read("timestamptz", must(wire.AppendTimestampTZText(nil, v))))
				}
			})
		}
	}
}

func TestServerTextInOtherDateStylesIsRefused(t *testing.T) {
	for _, style := range []string{"SQL, MDY", "SQL, DMY", "Postgres, MDY", "Postgres, DMY", "German"} {
		t.Run(style, func(t *testing.T) {
			conn := connectToServer(t, "datestyle="+style)
			print := func(typeName, value string) []byte {
				answer, err := evaluate(t, conn, "select '"+value+"'::"+typeName, nil, textFormat, textFormat)
				require.NoError(t, err)
				return answer
			}
			for _, v := range []string{"2024-03-15 04:05:06", "0044-03-15 04:05:06 BC", "10000-01-01 00:00:00"} {
				_, _, err := wire.ParseDate(print("date", v))
				require.ErrorContains(t, err, "DateStyle must be ISO")
				_, _, err = wire.ParseTimestamp(print("timestamp", v))
				require.ErrorContains(t, err, "DateStyle must be ISO")
				_, _, err = wire.ParseTimestampTZ(print("timestamptz", v), nil)
				require.ErrorContains(t, err, "DateStyle must be ISO")
			}
		})
	}
}

func TestServerReadsInfinity(t *testing.T) {
	conn := connectToServer(t)
	for _, v := range []wire.Infinity{wire.NegativeInfinity, wire.PositiveInfinity} {
		forms := map[string][]byte{
			"date":        wire.AppendDateInfinity(nil, v),
			"timestamp":   wire.AppendTimestampInfinity(nil, v),
			"timestamptz": wire.AppendTimestampInfinity(nil, v),
		}
		for typeName, form := range forms {
			answer, err := evaluate(t, conn, "select $1::"+typeName, [][]byte{form}, binaryFormat, textFormat)
			require.NoError(t, err)
			require.Equal(t, v.String(), string(answer))
			answer, err = evaluate(t, conn, "select $1::"+typeName, [][]byte{answer}, textFormat, binaryFormat)
			require.NoError(t, err)
			require.Equal(t, form, answer)
		}
	}
	_, err := evaluate(t, conn, "select $1::date", [][]byte{wire.AppendDateInfinity([]byte{}, wire.Finite)}, binaryFormat, textFormat)
	require.ErrorContains(t, err, "SQLSTATE 08P01", "a value too short, not a date")
}

func TestServerHasTheSameLimits(t *testing.T) {
	conn := connectToServer(t)
	for name, beyond := range map[string][]byte{
		"date before the first": wire.AppendInt4(nil, firstDay-1), "date after the last": wire.AppendInt4(nil, lastDay+1),
		"timestamp before the first": wire.AppendInt8(nil, firstMicrosecond-1),
		"timestamp after the last":   wire.AppendInt8(nil, lastMicrosecond+1),
	} {
		typeName := "date"
		if len(beyond) == 8 {
			typeName = "timestamp"
		}
		_, err := evaluate(t, conn, "select $1::"+typeName, [][]byte{beyond}, binaryFormat, textFormat)
		require.ErrorContains(t, err, "SQLSTATE 22008", name)
	}
}

func TestServerReadsIntervalsInEveryStyle(t *testing.T) {
	values := []time.Duration{}
	for _, c := range durations {
		values = append(values, c.v)
	}
	for range 100 {
		values = append(values, time.Duration(rand.Uint64()), time.Duration(rand.Int64N(4e9)-2e9))
	}
	for _, style := range []string{"postgres", "postgres_verbose", "sql_standard", "iso_8601"} {
		t.Run(style, func(t *testing.T) {
			conn := connectToServer(t, "intervalstyle="+style)
			for _, v := range values {
				text := wire.AppendIntervalText(nil, v)
				answer, err := evaluate(t, conn, "select $1::interval", [][]byte{text}, textFormat, binaryFormat)
				require.NoError(t, err, "%s", text)
				require.Equal(t, v.Microseconds(), int64(binary.BigEndian.Uint64(answer)), "%s", text)
				require.Equal(t, make([]byte, 8), answer[8:], "no days, no months")
			}
		})
	}
}
