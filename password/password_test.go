package password_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/password"
	"github.com/pgadapt/pgadapt/pgerr"
)

func TestEncryptMD5(t *testing.T) {
	got, err := password.Encrypt("ashesh", "psycopg2", password.MD5)
	require.NoError(t, err)
	require.Equal(t, "md594839d658c28a357126f105b9cb14cfc", got)
}

func TestEncryptSCRAMHasASaltOfItsOwn(t *testing.T) {
	first, err := password.Encrypt("", "secret", password.SCRAMSHA256)
	require.NoError(t, err)
	second, err := password.Encrypt("", "secret", password.SCRAMSHA256)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(first, "SCRAM-SHA-256$4096:"))
	require.NotEqual(t, first, second)
}

func TestEncryptRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		password string
		method   password.Method
		want     string
	}{
		"unknown method": {"canary", "SCRAM-SHA-256", `unknown method "SCRAM-SHA-256"`},
		"no password":    {"", password.MD5, "empty"},
		"zero byte":      {"canary\x00", password.SCRAMSHA256, "zero byte"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := password.Encrypt("user", test.password, test.method)
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "canary")
		})
	}
}

func TestChange(t *testing.T) {
	for _, method := range []string{"scram-sha-256", "md5"} {
		t.Run(method, func(t *testing.T) {
			tx := begin(t)
			role := `odd "name" ` + method
			_, err := tx.Exec(`create role "odd ""name"" ` + method + `"; set local password_encryption = '` + method + `'`)
			require.NoError(t, err)

			err = password.Change(t.Context(), tx, role, "new secret")

			require.NoError(t, err)
			var stored string
			require.NoError(t, tx.QueryRow("select rolpassword from pg_authid where rolname = $1", role).Scan(&stored))
			require.True(t, strings.HasPrefix(strings.ToLower(stored), method))
		})
	}
}

func TestChangeTakesTheServersIterations(t *testing.T) {
	tx := begin(t)
	var version int
	require.NoError(t, tx.QueryRow("select current_setting('server_version_num')::int").Scan(&version))
	if version < 160000 {
		t.Skip("scram_iterations came with PostgreSQL 16")
	}
	_, err := tx.Exec("create role iterated; set local password_encryption = 'scram-sha-256'; set local scram_iterations = 5000")
	require.NoError(t, err)

	require.NoError(t, password.Change(t.Context(), tx, "iterated", "new secret"))

	var stored string
	require.NoError(t, tx.QueryRow("select rolpassword from pg_authid where rolname = 'iterated'").Scan(&stored))
	require.True(t, strings.HasPrefix(stored, "SCRAM-SHA-256$5000:"))
}

func TestChangeIsRefused(t *testing.T) {
	tx := begin(t)
	_, err := tx.Exec("create role bystander; create role owner_of_a_password; savepoint roles")
	require.NoError(t, err)
	require.ErrorIs(t, password.Change(t.Context(), tx, "nobody at all", "secret"), pgerr.UndefinedObject)

	_, err = tx.Exec("rollback to savepoint roles; set local role bystander")
	require.NoError(t, err)
	require.ErrorIs(t, password.Change(t.Context(), tx, "owner_of_a_password", "secret"), pgerr.InsufficientPrivilege)
}

// begin gives a transaction that leaves nothing behind.
func begin(t *testing.T) *sql.Tx {
	t.Helper()
	db, err := sql.Open("pgadapt", pgtest.DSN(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	tx, err := db.Begin()
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

func ExampleEncrypt() {
	verifier, err := password.Encrypt("ann", "correct horse", password.SCRAMSHA256)
	fmt.Println(strings.Split(verifier, ":")[0], err)
	// Output: SCRAM-SHA-256$4096 <nil>
}
