package pgadapt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// Slices of named numbers are scanned in the general way, those of Go's own in a shorter one where that can be.
type (
	generalInt   int32
	generalFloat float64
)

var flatArrays = []string{
	"{}", "{0}", "{1,-2,3}", "{1.5,-0,1e3,NaN,Infinity}", "{NULL}", "{1,NULL,3}", `{"1","2"}`, "{{1,2},{3,4}}", "[2:3]={1,2}", "[0:0]={7}",
	"{2147483647,-2147483648}", "{2147483648}", "{1,}", "{,1}", "{,}", "{ 1}", "{1}}", "{1", "1}", "", "{", "{x}", "{1,2}x", "[1,2]", "(1,2)",
}

func TestFlatArrayIsScannedAsAnyOther(t *testing.T) {
	for _, text := range flatArrays {
		t.Run(text, func(t *testing.T) { requireSameArrays(t, text) })
	}
}

func FuzzFlatArray(f *testing.F) {
	for _, text := range flatArrays {
		f.Add(text)
	}
	f.Fuzz(requireSameArrays)
}

func requireSameArrays(t *testing.T, text string) {
	requireSameArray[int32, generalInt](t, text)
	requireSameArray[float64, generalFloat](t, text)
}

func requireSameArray[T interface{ ~int32 | ~float64 }, General interface{ ~int32 | ~float64 }](t *testing.T, text string) {
	t.Helper()
	var want []General
	var got []T
	wantErr, err := pgadapt.Array(&want).Scan(text), pgadapt.Array(&got).Scan(text)
	require.Equal(t, wantErr == nil, err == nil, "%v, but %v", wantErr, err)
	if err != nil {
		return
	}
	require.Equal(t, want == nil, got == nil)
	require.Len(t, got, len(want))
	for i := range want {
		require.True(t, float64(want[i]) == float64(got[i]) || want[i] != want[i] && got[i] != got[i], "%v, not %v", got, want)
	}
}

func TestFlatArrayIsNewMemoryEachTime(t *testing.T) {
	var scanned []int64
	wrapper := pgadapt.Array(&scanned)
	require.NoError(t, wrapper.Scan("{1,2}"))
	kept := scanned
	require.NoError(t, wrapper.Scan("{3,4}"))
	require.Equal(t, []int64{1, 2}, kept)
	require.Equal(t, []int64{3, 4}, scanned)
	require.NoError(t, wrapper.Scan(nil))
	require.Nil(t, scanned)
}
