package replication_test

import (
	"database/sql"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/replication"
)

var lsnTexts = []struct {
	text string
	want replication.LSN
}{
	{"0/0", 0},
	{"16/B374D848", 0x16B374D848},
	{"0/1", 1},
	{"1/0", 1 << 32},
	{"FFFFFFFF/FFFFFFFF", math.MaxUint64},
}

var notLSNs = []string{
	"", "/", "0", "0/", "/0", "0/0/0", "G/0", "0/G", " 0/0", "0/0 ", "-1/0", "+1/0", "0x1/0", "1_0/0", "000000001/0", "0/123456789",
}

func TestLSNText(t *testing.T) {
	for _, test := range lsnTexts {
		t.Run(test.text, func(t *testing.T) {
			parsed, err := replication.ParseLSN(test.text)
			require.NoError(t, err)
			require.Equal(t, test.want, parsed)
			require.Equal(t, test.text, parsed.String())
		})
	}
	for _, text := range notLSNs {
		t.Run("not "+text, func(t *testing.T) {
			_, err := replication.ParseLSN(text)
			require.ErrorContains(t, err, "is not an LSN")
		})
	}
	lower, err := replication.ParseLSN("16/b374d848")
	require.NoError(t, err)
	require.Equal(t, "16/B374D848", lower.String())
}

func TestLSNOrder(t *testing.T) {
	positions := []replication.LSN{3, 1, 2, 1}
	slices.SortFunc(positions, replication.LSN.Compare)
	require.Equal(t, []replication.LSN{1, 1, 2, 3}, positions)
}

func TestLSNScan(t *testing.T) {
	var position replication.LSN
	require.NoError(t, position.Scan([]byte("1/2")))
	require.Equal(t, replication.LSN(1<<32|2), position)
	for _, value := range []any{nil, int64(5), "1/", []byte("x")} {
		require.Error(t, position.Scan(value))
	}
	var null sql.Null[replication.LSN]
	require.NoError(t, null.Scan(nil))
	require.False(t, null.Valid)
}

func TestLSNInJSON(t *testing.T) {
	type offsets struct{ Feed replication.LSN }
	text, err := json.Marshal(offsets{0x16B374D848})
	require.NoError(t, err)
	require.JSONEq(t, `{"Feed": "16/B374D848"}`, string(text))
	var back offsets
	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, replication.LSN(0x16B374D848), back.Feed)
	require.Error(t, json.Unmarshal([]byte(`{"Feed": "16"}`), &back))
}

func TestLSNOnServer(t *testing.T) {
	db, err := sql.Open(pgadapt.DriverName, pgtest.DSN(t))
	require.NoError(t, err)
	defer db.Close()
	for _, test := range lsnTexts {
		var back, next replication.LSN
		require.NoError(t, db.QueryRow("select $1::pg_lsn, '0/1'::pg_lsn", test.want).Scan(&back, &next))
		require.Equal(t, test.want, back)
		require.Equal(t, replication.LSN(1), next)
	}
}

func FuzzParseLSN(f *testing.F) {
	for _, test := range lsnTexts {
		f.Add(test.text)
	}
	for _, text := range notLSNs {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := replication.ParseLSN(text)
		if err != nil {
			return
		}
		back, err := replication.ParseLSN(parsed.String())
		require.NoError(t, err)
		require.Equal(t, parsed, back)
	})
}
