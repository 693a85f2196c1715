package dropin_test

import (
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
)

// failure is the expectation of an error whose text contains it.
type failure string

// answers are what single drivers give instead of what the others do.
type answers map[string]any

// expected gives the answer that a driver has to give.
func expected(driver string, want any, instead answers) any {
	if own, ok := instead[driver]; ok {
		return own
	}
	return want
}

// requireAnswer compares what a driver gave with what it has to give.
func requireAnswer(t *testing.T, want, have any, err error) {
	t.Helper()
	if want, fails := want.(failure); fails {
		require.ErrorContains(t, err, string(want), "the value is %#v", have)
		return
	}
	require.NoError(t, err)
	requireSame(t, want, have)
}

// sameValue compares times as instants, and NaN as equal to itself.
var sameValue = cmp.Options{
	cmpopts.EquateNaNs(),
	cmp.Comparer(func(a, b *big.Int) bool { return a == b || a != nil && b != nil && a.Cmp(b) == 0 }),
}

func requireSame(t *testing.T, want, have any) {
	t.Helper()
	if diff := cmp.Diff(want, have, sameValue); diff != "" {
		t.Errorf("want %#v, have %#v:\n%s", want, have, diff)
	}
}
