package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// readArray gives the lengths and elements of an array's text, with "<NULL>" for NULL.
func readArray(src string, delimiter byte) (lengths []int, elements []string, err error) {
	array, err := wire.ParseArray([]byte(src), delimiter)
	if err != nil {
		return nil, nil, err
	}
	for range array.Len() {
		element, null := array.Next(nil)
		if null {
			element = []byte("<NULL>")
		}
		elements = append(elements, string(element))
	}
	return array.Lengths(), elements, nil
}

func TestParseArray(t *testing.T) {
	for _, test := range []struct {
		name, src string
		lengths   []int
		want      []string
	}{
		{"empty", "{}", []int{}, nil},
		{"numbers", "{1,2}", []int{2}, []string{"1", "2"}},
		{"NULL", "{NULL,null,\"NULL\"}", []int{3}, []string{"<NULL>", "<NULL>", "NULL"}},
		{"empty text", `{"",a}`, []int{2}, []string{"", "a"}},
		{"escapes", `{"a\"b","\\","a,b","{}"}`, []int{4}, []string{`a"b`, `\`, "a,b", "{}"}},
		{"two dimensions", "{{1,2},{3,4},{5,6}}", []int{3, 2}, []string{"1", "2", "3", "4", "5", "6"}},
		{"six dimensions", "{{{{{{1}}}}}}", []int{1, 1, 1, 1, 1, 1}, []string{"1"}},
		{"bounds", "[2:3]={1,2}", []int{2}, []string{"1", "2"}},
		{"bounds of two dimensions", "[0:1][1:2]={{1,2},{3,4}}", []int{2, 2}, []string{"1", "2", "3", "4"}},
		{"negative bounds", "[-1:0]={1,2}", []int{2}, []string{"1", "2"}},
		{"blanks inside", "{a b}", []int{1}, []string{"a b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			lengths, elements, err := readArray(test.src, ',')
			require.NoError(t, err)
			require.Equal(t, test.lengths, lengths)
			require.Equal(t, test.want, elements)
		})
	}
	_, elements, err := readArray("{(1,2),(0,0);(3,4),(0,0)}", ';')
	require.NoError(t, err)
	require.Equal(t, []string{"(1,2),(0,0)", "(3,4),(0,0)"}, elements)
}

func TestParseArrayIsStrict(t *testing.T) {
	for _, src := range []string{
		"", "{", "}", "x", "{}}", "{{}", "{{}}", "{a", "{a,", "{a,}", "{,a}", "{a}b", `{"a}`, `{"a\`, `{a"b}`, "{a{b}}",
		"{{1},2}", "{1,{2}}", "{{1},{2,3}}", "{{1,2},{3}}", "[1:2]", "[1:2]{1,2}", "[1]={1}", "[a:b]={1}", "[1:1][1:1]={1}",
		"{{{{{{{1}}}}}}}", `{a\b}`, "{1}{2}", "{{1}}{",
	} {
		_, _, err := readArray(src, ',')
		require.ErrorContains(t, err, "as an array", src)
	}
}

// What is written is what is read, whatever the bytes.
func FuzzArrayText(f *testing.F) {
	for _, src := range []string{"{}", "{1,NULL}", `{"a\"b"}`, "{{1},{2}}", "[2:3]={1,2}", "{a", "{{1},2}"} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		lengths, elements, err := readArray(src, ',')
		if err != nil {
			return
		}
		require.LessOrEqual(t, len(elements), len(src))
		number := 0
		text, err := wire.AppendArrayText(nil, lengths, ',', func(dst []byte) ([]byte, error) {
			number++
			if elements[number-1] == "<NULL>" {
				return append(dst, "NULL"...), nil
			}
			return wire.AppendArrayElement(dst, []byte(elements[number-1]), ','), nil
		})
		require.NoError(t, err)
		againLengths, again, err := readArray(string(text), ',')
		require.NoError(t, err)
		require.Equal(t, lengths, againLengths)
		require.Equal(t, elements, again)
	})
}
