// Package commandlinetest tests what the examples say of command lines that they do not carry out.
package commandlinetest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/examples/internal/commandline"
)

// Password stands in the connection strings of cases, and nowhere in what a program says.
const Password = "opensesame"

// Case is a command line that ends in an error before there is an answer. It has no type of its own, so that a table need
// not name the fields in each row.
type Case = struct {
	Name string
	// Args are separated by blanks.
	Args string
	// WantError is a part of the error, and WantText one of what goes to diagnostics.
	WantError, WantText string
}

// Run runs program with each of the command lines.
func Run(t *testing.T, program commandline.Program, cases []Case) {
	t.Helper()
	for _, test := range cases {
		t.Run(test.Name, func(t *testing.T) {
			var out, diagnostics bytes.Buffer
			err := program(t.Context(), strings.Fields(test.Args), &out, &diagnostics)
			require.ErrorContains(t, err, test.WantError)
			require.NotContains(t, err.Error()+diagnostics.String(), Password)
			require.Contains(t, diagnostics.String(), test.WantText)
			require.Empty(t, out.String())
		})
	}
}
