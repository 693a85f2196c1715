package names_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// run runs a program below internal, and gives what it prints.
func run(t *testing.T, program string) (string, error) {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "go", "run", "./internal/"+program).CombinedOutput()
	return string(output), err
}

// TestTakenName says that the program stops when it starts, with pgadapt's explanation: by the order in which Go
// initializes packages the other driver comes first.
func TestTakenName(t *testing.T) {
	for program, want := range map[string]string{
		"besidelibpq": `panic: pgadapt: the driver name "postgres" is taken by *pq.Driver of github.com/lib/pq, ` +
			`so sql.Open("postgres", ...) would not open pgadapt. Open "pgadapt" instead, which works beside any other driver ` +
			`(import _ "github.com/pgadapt/pgadapt"), or take the other driver out of the program: ` +
			`go mod why github.com/lib/pq names the packages that import it`,
		"besidepgx": `panic: pgadapt: the driver name "pgx" is taken by *stdlib.Driver of github.com/jackc/pgx/v5/stdlib, so`,
	} {
		t.Run(program, func(t *testing.T) {
			output, err := run(t, program)
			require.Error(t, err)
			require.Contains(t, output, want)
		})
	}
}

// TestNameOfTheOther says that a program on lib/pq's name need not care who has pgx's.
func TestNameOfTheOther(t *testing.T) {
	output, err := run(t, "otherbesidepgx")
	require.NoError(t, err, output)
	require.Equal(t, "postgres: pgadapt.Driver\npgx: *stdlib.Driver\n", output)
}
