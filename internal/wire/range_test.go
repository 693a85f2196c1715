package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

func TestRangeText(t *testing.T) {
	for src, want := range map[string]wire.Range{
		"empty":                {Empty: true},
		"[1,5)":                {Lower: []byte("1"), Upper: []byte("5"), LowerInclusive: true},
		"(1,5]":                {Lower: []byte("1"), Upper: []byte("5"), UpperInclusive: true},
		"(,)":                  {},
		"[,]":                  {},
		"[1,)":                 {Lower: []byte("1"), LowerInclusive: true},
		`["",a]`:               {Lower: []byte{}, Upper: []byte("a"), LowerInclusive: true, UpperInclusive: true},
		`("a,b",c)`:            {Lower: []byte("a,b"), Upper: []byte("c")},
		`("a""b\\",)`:          {Lower: []byte(`a"b\`)},
		`(-infinity,infinity)`: {Lower: []byte("-infinity"), Upper: []byte("infinity")},
	} {
		got, err := wire.ParseRange([]byte(src))
		require.NoError(t, err, src)
		require.Equal(t, want, got, src)
	}
}

func TestRangeTextIsStrict(t *testing.T) {
	for _, src := range []string{"", "[", "[1", "[1,", "[1,2", "1,2", "[1)", "[1,2,3)", "[1,2)x", "emptyx", `["1,2)`, "[1,[2)", `[a\`} {
		_, err := wire.ParseRange([]byte(src))
		require.ErrorContains(t, err, "as a range", src)
	}
}

func TestMultirangeText(t *testing.T) {
	for src, want := range map[string][]string{
		"{}": {}, "{[1,2)}": {"[1,2)"}, `{[1,2),["a}",b],(3,)}`: {"[1,2)", `["a}",b]`, "(3,)"},
	} {
		got, err := wire.ParseMultirange([]byte(src))
		require.NoError(t, err, src)
		texts := []string{}
		for _, each := range got {
			texts = append(texts, string(each))
		}
		require.Equal(t, want, texts, src)
	}
	for _, src := range []string{"", "{", "}", "{[1,2)", "{[1,2),}", "{[1,2)[3,4)}", "{x}", "[1,2)"} {
		_, err := wire.ParseMultirange([]byte(src))
		require.ErrorContains(t, err, "as a multirange", src)
	}
}

func FuzzRangeText(f *testing.F) {
	for _, src := range []string{"empty", "[1,5)", `("a""b\\",)`, "{[1,2)}"} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		_, _ = wire.ParseMultirange([]byte(src))
		parsed, err := wire.ParseRange([]byte(src))
		if err != nil {
			return
		}
		again, err := wire.ParseRange(wire.AppendRangeText(nil, parsed))
		require.NoError(t, err)
		require.Equal(t, parsed, again)
	})
}
