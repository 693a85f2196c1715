package pgtest

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// ServerFile writes a file for a server of New, such as a certificate's key or pg_hba.conf, and gives its path. It
// belongs to the account under which New starts servers, and nobody else can read it, as a server demands of keys.
func ServerFile(t testing.TB, name, content string) string {
	t.Helper()
	account, err := serverAccount()
	if err != nil {
		withoutServer(t, &UnavailableError{Reason: "no account for a server", Err: err})
	}
	dir, err := os.MkdirTemp("", "pgadapt-file-") // t.TempDir is closed to other accounts
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, name)
	if err := errors.Join(account.own(dir), os.WriteFile(path, []byte(content), 0o600), account.own(path)); err != nil {
		t.Fatal(err)
	}
	return path
}
