package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

func readComposite(src string) (fields []string, err error) {
	composite, err := wire.ParseComposite([]byte(src))
	if err != nil {
		return nil, err
	}
	for {
		field, null, ok, err := composite.Next(nil)
		if err != nil || !ok {
			return fields, err
		}
		if null {
			field = []byte("<NULL>")
		}
		fields = append(fields, string(field))
	}
}

func TestCompositeText(t *testing.T) {
	for src, want := range map[string][]string{
		"()":               {"<NULL>"},
		"(,)":              {"<NULL>", "<NULL>"},
		`(,"")`:            {"<NULL>", ""},
		`("",)`:            {"", "<NULL>"},
		"(1,a)":            {"1", "a"},
		`("a b","a""b")`:   {"a b", `a"b`},
		`("a\\b",a\,b)`:    {`a\b`, "a,b"},
		`("(1,""x"")",2)`:  {`(1,"x")`, "2"},
		`(a"b c"d)`:        {"ab cd"},
		"(2024-01-01,{1})": {"2024-01-01", "{1}"},
	} {
		got, err := readComposite(src)
		require.NoError(t, err, src)
		require.Equal(t, want, got, src)
	}
}

func TestCompositeTextIsStrict(t *testing.T) {
	for _, src := range []string{"", "(", ")", "1,2", "(1", `("a)`, `(a\)`, "((1))", "(a(b)", "(1))"} {
		_, err := readComposite(src)
		require.ErrorContains(t, err, "composite", src)
	}
}

func FuzzCompositeText(f *testing.F) {
	for _, src := range []string{"()", `(1,"a""b")`, `(a\,b)`, "((1))"} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		fields, err := readComposite(src)
		if err != nil {
			return
		}
		text := []byte{'('}
		for i, field := range fields {
			if i > 0 {
				text = append(text, ',')
			}
			if field != "<NULL>" {
				text = wire.AppendCompositeField(text, []byte(field))
			}
		}
		again, err := readComposite(string(append(text, ')')))
		require.NoError(t, err)
		require.Equal(t, fields, again)
	})
}
