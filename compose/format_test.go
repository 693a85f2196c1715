package compose_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/compose"
)

func literal(value any) compose.Composed { return compose.Literal(value) }

func TestFormat(t *testing.T) {
	t.Parallel()
	one, other := literal(7), literal(8)
	a := compose.Field("a", compose.Identifier("x"))
	tests := []struct {
		name     string
		composed compose.Composed
		want     string
		err      string
	}{
		{name: "empty", composed: compose.Format(""), want: ""},
		{name: "no fields", composed: compose.Format("select '%s' % 1"), want: "select '%s' % 1"},
		{name: "automatic", composed: compose.Format("{}, {}", one, other), want: "7, 8"},
		{name: "numbered", composed: compose.Format("{1}, {0}, {1}", one, other), want: "8, 7, 8"},
		{name: "number with zeros", composed: compose.Format("{01}, {00}", one, other), want: "8, 7"},
		{name: "named", composed: compose.Format("{a}, {a}", a), want: `"x", "x"`},
		{name: "named and automatic", composed: compose.Format("{} {a} {}", one, a, other), want: `7 "x" 8`},
		{name: "named and numbered", composed: compose.Format("{1} {a} {0}", one, a, other), want: `8 "x" 7`},
		{name: "odd names", composed: compose.Format("{a.b} {0[0]} { } {-1}", compose.Field("a.b", one), compose.Field("0[0]", one),
			compose.Field(" ", one), compose.Field("-1", one)), want: "7 7 7 7"},
		{name: "unused name", composed: compose.Format("1", a), want: "1"},
		{name: "braces", composed: compose.Format("'{{1,2}}', {}, {{}}", one), want: "'{1,2}', 7, {}"},
		{name: "field in braces", composed: compose.Format("{{{0}}}", one), want: "{7}"},
		{name: "braces in arguments", composed: compose.Format("{}", literal("{}")), want: "'{}'"},
		{name: "nested", composed: compose.Format("({})", compose.Format("{}+{}", one, other)), want: "(7+8)"},

		{name: "single opening brace", composed: compose.Format("é {", one), err: "format: the template at character 3: a single {: write {{"},
		{name: "opening brace in a field", composed: compose.Format("{a{}", a), err: "character 1: a single {"},
		{name: "single closing brace", composed: compose.Format("a}", one), err: "character 2: a single }: write }}"},
		{name: "three closing braces", composed: compose.Format("{}}", one), err: "character 3: a single }"},
		{name: "conversion", composed: compose.Format("{!r}", one), err: "the field {!r}: there are no conversions"},
		{name: "specification", composed: compose.Format("{0:>10}", one), err: "the field {0:>10}: there are no conversions"},
		{name: "automatic after numbered", composed: compose.Format("{0}{}", one), err: "field {} at character 4: {} cannot stand with numbered"},
		{name: "numbered after automatic", composed: compose.Format("{}{0}", one), err: "field {0} at character 3: a numbered field cannot stand"},
		{name: "missing automatic", composed: compose.Format("{} {}", one), err: "field {} at character 4: there is no argument for it: 1 without a name were given"},
		{name: "missing number", composed: compose.Format("{2}", one), err: "field {2} at character 1: there is no argument"},
		{name: "huge number", composed: compose.Format("{99999999999999999999}", one), err: "no argument has this name"},
		{name: "missing name", composed: compose.Format("{b}", a), err: `field {b} at character 1: no argument has this name: pass Field("b", …)`},
		{name: "name of another case", composed: compose.Format("{A}", a), err: "no argument has this name"},
		{name: "surplus", composed: compose.Format("{}", one, other), err: "no field takes argument 1, counted from 0"},
		{name: "surplus between", composed: compose.Format("{0} {2}", one, other, one), err: "no field takes argument 1"},
		{name: "name twice", composed: compose.Format("{a}", a, a), err: "two arguments are for the field {a}"},
		{name: "nil", composed: compose.Format("{}", nil), err: "an argument is nil: for the keyword use Null()"},
		{name: "error of an argument", composed: compose.Format("select {}", compose.Identifier("")), err: "format: field {} at character 8: identifier: an identifier cannot be empty"},
		{name: "NUL", composed: compose.Format("a\x00{}", one), err: "NUL byte in the SQL text"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := test.composed.Render(compose.Numeric)
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
				require.Error(t, test.composed.Err())
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}
