package password

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	_ "github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	_ "github.com/pgadapt/pgadapt/internal/pgtest/docker"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// The server is the judge: it computes a verifier from the same password, and ours with its salt has to be the same.
func TestVerifierIsTheServers(t *testing.T) {
	db, err := sql.Open("pgadapt", pgtest.DSN(t))
	require.NoError(t, err)
	defer db.Close()
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.ExecContext(t.Context(), "set password_encryption = 'scram-sha-256'")
	require.NoError(t, err)
	for name, password := range map[string]string{
		"letters":                      "correct horse battery staple",
		"quotes":                       `it's "\" $ : %s ?`,
		"composed and decomposed":      "é e\u0301",
		"compatibility characters":     "ﬁ Ⅸ ª ①",
		"other spaces":                 "a\u00a0b\u3000c",
		"mapped to nothing":            "so\u00adft\u200dly",
		"control character":            "bell\a",
		"mapped to nothing at all":     "\u00ad",
		"assigned after Unicode 3.2":   "🙂ﬁ",
		"unassigned in Unicode 3.2":    "\u0221ﬁ",
		"right to left":                "\u0627\u0628",
		"right to left, mixed":         "\u0627a\u0628ﬁ",
		"right to left, digit at end":  "\u06271ﬁ",
		"private use":                  "\ue000ﬁ",
		"noncharacter":                 "\ufdd0ﬁ",
		"Hangul":                       "\u1100\u1161",
		"long":                         strings.Repeat("password", 50),
		"zero width space, not joined": "a\u200bb",
	} {
		t.Run(name, func(t *testing.T) {
			want := serversVerifier(t, conn, password)
			var iterations int
			var salt string
			_, err := fmt.Sscanf(strings.ReplaceAll(want, "$", " "), "SCRAM-SHA-256 %d:%s", &iterations, &salt)
			require.NoError(t, err)
			saltBytes, err := base64.StdEncoding.DecodeString(salt)
			require.NoError(t, err)

			got, err := verifier(password, saltBytes, iterations)

			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

// serversVerifier gives what the catalog has for a role that was created with the password.
func serversVerifier(t *testing.T, conn *sql.Conn, password string) (verifier string) {
	t.Helper()
	tx, err := conn.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Rollback()
	_, err = tx.Exec("create role judged password '" + strings.ReplaceAll(password, "'", "''") + "'")
	require.NoError(t, err)
	require.NoError(t, tx.QueryRow("select rolpassword from pg_authid where rolname = 'judged'").Scan(&verifier))
	return verifier
}
