package drivername_test

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/postgres/internal/drivername"
)

// otherDriver has a name before pgadapt asks for it.
type otherDriver struct{}

func (*otherDriver) Open(string) (driver.Conn, error) { return nil, errors.New("never called") }

// strictDriver refuses an empty connection string, so that nobody learns its type.
type strictDriver struct{ otherDriver }

func (*strictDriver) OpenConnector(string) (driver.Connector, error) {
	return nil, errors.New("a connection string is needed")
}

func init() {
	sql.Register("other", &otherDriver{})
	sql.Register("strict", &strictDriver{})
}

func TestRegister(t *testing.T) {
	require.NoError(t, drivername.Register("a_free_name"))
	db, err := sql.Open("a_free_name", "")
	require.NoError(t, err)
	defer db.Close()
	require.IsType(t, pgadapt.Driver{}, db.Driver())
	require.NoError(t, drivername.Register("a_free_name"), "a second time")
	require.True(t, drivername.RegisterIfFree("a_free_name"), "a third time")
}

func TestNameOfAnotherDriver(t *testing.T) {
	require.EqualError(t, drivername.Register("other"), `pgadapt: the driver name "other" is taken by `+
		`*drivername_test.otherDriver of github.com/pgadapt/pgadapt/postgres/internal/drivername_test, `+
		`so sql.Open("other", ...) would not open pgadapt. Open "pgadapt" instead, which works beside any other driver `+
		`(import _ "github.com/pgadapt/pgadapt"), or take the other driver out of the program: `+
		`go mod why github.com/pgadapt/pgadapt/postgres/internal/drivername_test names the packages that import it`)
	require.ErrorContains(t, drivername.Register("strict"), `"strict" is taken by another driver, so`)
	for _, name := range []string{"other", "strict"} {
		require.False(t, drivername.RegisterIfFree(name))
		db, err := sql.Open(name, "")
		if err == nil {
			require.IsType(t, &otherDriver{}, db.Driver())
			require.NoError(t, db.Close())
		}
	}
}
