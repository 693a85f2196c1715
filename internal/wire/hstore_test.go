package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

type hstorePair struct {
	key, value string
	null       bool
}

func readHstore(src string) (read []hstorePair, err error) {
	for pairs := wire.ParseHstore(src); ; {
		key, value, null, ok, err := pairs.Next()
		if err != nil || !ok {
			return read, err
		}
		read = append(read, hstorePair{key, value, null})
	}
}

func TestHstoreText(t *testing.T) {
	got, err := readHstore(`"a"=>"1", "b"=>NULL, ""=>"x\"\\y"`)
	require.NoError(t, err)
	require.Equal(t, []hstorePair{{"a", "1", false}, {"b", "", true}, {"", `x"\y`, false}}, got)
	got, err = readHstore("")
	require.NoError(t, err)
	require.Empty(t, got)
}

func TestHstoreTextIsStrict(t *testing.T) {
	for _, src := range []string{"a", `"a"`, `"a"=>`, `"b"=>NUL`, `"a"=>"1",`, `"a"=>"1", `, `"a"=>"1""b"=>"2"`, `"a`, `"a"="1"`} {
		_, err := readHstore(src)
		require.ErrorContains(t, err, "as hstore", src)
	}
}

func FuzzHstoreText(f *testing.F) {
	f.Add(`"a"=>"1", "b"=>NULL`)
	f.Add(`"x\"\\y"=>""`)
	f.Fuzz(func(t *testing.T, src string) {
		pairs, err := readHstore(src)
		if err != nil {
			return
		}
		var text []byte
		for _, each := range pairs {
			value := []byte(each.value)
			if each.null {
				value = nil
			}
			text = wire.AppendHstorePair(text, []byte(each.key), value)
		}
		again, err := readHstore(string(text))
		require.NoError(t, err)
		require.Equal(t, pairs, again)
	})
}
