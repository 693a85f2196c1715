package twophase_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/twophase"
)

func TestXidText(t *testing.T) {
	for name, test := range map[string]struct {
		formatID         int
		globalID, branch string
		want             string
	}{
		"three parts":      {42, "gtrid", "bqual", "42_Z3RyaWQ=_YnF1YWw="},
		"nothing":          {0, "", "", "0__"},
		"largest":          {2147483647, strings.Repeat("~", 64), " ", "2147483647_" + strings.Repeat("fn5+", 21) + "fg==_IA=="},
		"underscore in it": {1, "a_b", "", "1_YV9i_"},
	} {
		t.Run(name, func(t *testing.T) {
			xid, err := twophase.New(test.formatID, test.globalID, test.branch)
			require.NoError(t, err)
			require.Equal(t, test.want, xid.String())

			formatID, globalID, branch, ok := twophase.Parse(test.want).Parts()

			require.True(t, ok)
			require.Equal(t, test.formatID, formatID)
			require.Equal(t, test.globalID, globalID)
			require.Equal(t, test.branch, branch)
			require.Equal(t, xid, twophase.Parse(test.want))
		})
	}
}

func TestNewRefuses(t *testing.T) {
	tooLarge := int64(twophase.MaxFormatID) + 1 // for an int of 32 bits, too
	for name, test := range map[string]struct {
		formatID         int
		globalID, branch string
		want             string
	}{
		"negative format ID":  {-1, "", "", "format ID -1"},
		"format ID too large": {int(tooLarge), "", "", "format ID"},
		"long":                {0, strings.Repeat("a", 65), "", "global transaction ID has 65 bytes"},
		"control character":   {0, "", "a\tb", "branch qualifier has the byte 0x09 at 1"},
		"not ASCII":           {0, "é", "", "byte 0xc3 at 0"},
		"delete":              {0, "\x7f", "", "0x7f"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := twophase.New(test.formatID, test.globalID, test.branch)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestTextsWithoutParts(t *testing.T) {
	for _, text := range []string{
		"", "anything", "99_xxx_yyy", "1_YQ_YQ", "x_YQ==_YQ==", "-1_YQ==_YQ==", "2147483648_YQ==_YQ==",
		"1_YQ==", "1_YQ==_YQ==_YQ==", "1_AA==_", "1_YR==_", " 1__", "1__\n", "1_YQ\n==_", "99999999999999999999__",
	} {
		t.Run(text, func(t *testing.T) {
			xid := twophase.Parse(text)
			_, _, _, ok := xid.Parts()
			require.False(t, ok)
			require.Equal(t, text, xid.String())
		})
	}
}

// The text is not canonical, and COMMIT PREPARED needs it as it is.
func TestParsedTextStaysAsItIs(t *testing.T) {
	xid := twophase.Parse("007_YQ==_YQ==")
	formatID, _, _, ok := xid.Parts()
	require.True(t, ok)
	require.Equal(t, 7, formatID)
	require.Equal(t, "007_YQ==_YQ==", xid.String())
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"42_Z3RyaWQ=_YnF1YWw=", "0__", "007_YQ==_YQ==", "1_YQ_YQ", "x", "1_AA==_", "2147483648__"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		xid := twophase.Parse(text)
		require.Equal(t, text, xid.String())
		formatID, globalID, branch, ok := xid.Parts()
		if !ok {
			return
		}
		again, err := twophase.New(formatID, globalID, branch)
		require.NoError(t, err, "parts are those of New")
		require.Equal(t, strings.TrimLeft(again.String(), "0"), strings.TrimLeft(text, "0"), "but for leading zeros")
	})
}

func ExampleNew() {
	xid, err := twophase.New(42, "order-1138", "warehouse")
	fmt.Println(xid, err)
	// Output: 42_b3JkZXItMTEzOA==_d2FyZWhvdXNl <nil>
}
