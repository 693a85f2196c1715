// Package password encrypts the passwords of PostgreSQL's roles on the client, as psql's \password and psycopg2's
// encrypt_password do, so that the password itself appears neither on the network nor in the server's log.
package password

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xdg-go/stringprep"

	"github.com/pgadapt/pgadapt/compose"
)

// Method is a way to encrypt a password, by the name that the server's setting password_encryption has for it.
type Method string

const (
	// SCRAMSHA256 gives a SCRAM-SHA-256 verifier (RFC 5803), the server's default since PostgreSQL 14.
	SCRAMSHA256 Method = "scram-sha-256"
	// MD5 gives the older MD5 hash, which PostgreSQL 18 declares deprecated.
	MD5 Method = "md5"
)

// The parameters of a SCRAM verifier that the server would choose (PostgreSQL documentation, "Password Authentication"
// and scram_iterations).
const (
	scramIterations = 4096
	scramSaltBytes  = 16
)

// Encrypt gives what the catalog pg_authid keeps for a password, and what CREATE ROLE and ALTER ROLE … PASSWORD take
// in place of it. The MD5 hash contains the user's name and is good for that name only. The error is for an unknown
// method, an empty password or one with a zero byte; it does not contain the password.
func Encrypt(user, password string, method Method) (string, error) {
	if err := check(password); err != nil {
		return "", err
	}
	switch method {
	case SCRAMSHA256:
		return newVerifier(password, scramIterations)
	case MD5:
		return md5Hash(user, password), nil
	}
	return "", fmt.Errorf("password: unknown method %q: there are %s and %s", method, SCRAMSHA256, MD5)
}

// Session is what [Change] works on: a *sql.DB, *sql.Conn or *sql.Tx.
type Session interface {
	// ExecContext runs a statement that gives no rows.
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	// QueryRowContext runs a query for one row.
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Change gives user a new password, encrypted as the server's settings password_encryption and scram_iterations say.
// A password that [Encrypt] refuses is an error. The server's is pgerr.UndefinedObject where there is no such user, and
// pgerr.InsufficientPrivilege where that of the session may not change the password.
func Change(ctx context.Context, session Session, user, password string) error {
	var method, iterations string
	err := session.QueryRowContext(ctx, "select current_setting('password_encryption'), "+
		"coalesce(current_setting('scram_iterations', true), '')").Scan(&method, &iterations)
	if err != nil {
		return err
	}
	encrypted, err := encryptAs(user, password, Method(method), iterations)
	if err != nil {
		return err
	}
	name, err := compose.QuoteIdent(user)
	if err != nil {
		return err
	}
	_, err = session.ExecContext(ctx, "ALTER ROLE "+name+" PASSWORD '"+encrypted+"'")
	return err
}

// encryptAs is Encrypt with the server's number of iterations, which servers before PostgreSQL 16 do not tell.
func encryptAs(user, password string, method Method, iterations string) (string, error) {
	if method != SCRAMSHA256 || iterations == "" {
		return Encrypt(user, password, method)
	}
	if err := check(password); err != nil {
		return "", err
	}
	n, err := strconv.Atoi(iterations)
	if err != nil {
		return "", fmt.Errorf("password: the server's scram_iterations: %w", err)
	}
	return newVerifier(password, n)
}

func check(password string) error {
	if password == "" {
		return errors.New("password: an empty password is none: ALTER ROLE … PASSWORD NULL takes it away")
	}
	if strings.ContainsRune(password, 0) {
		return errors.New("password: a password has no zero byte")
	}
	return nil
}

func md5Hash(user, password string) string {
	sum := md5.Sum([]byte(password + user))
	return "md5" + hex.EncodeToString(sum[:])
}

func newVerifier(password string, iterations int) (string, error) {
	salt := make([]byte, scramSaltBytes)
	rand.Read(salt) // never fails: see its documentation
	return verifier(password, salt, iterations)
}

// verifier computes the keys of RFC 5802, section 3, in PostgreSQL's form of RFC 5803.
func verifier(password string, salt []byte, iterations int) (string, error) {
	salted, err := pbkdf2.Key(sha256.New, normalized(password), salt, iterations, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	stored := sha256.Sum256(keyed(salted, "Client Key"))
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s",
		iterations, encode(salt), encode(stored[:]), encode(keyed(salted, "Server Key"))), nil
}

func keyed(key []byte, message string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(message))
	return mac.Sum(nil)
}

// normalized applies SASLprep (RFC 4013). A password that it refuses is taken as it is, as the server does.
func normalized(password string) string {
	// The zero width space is in both tables of mappings: it becomes a space, as the RFC names the spaces first.
	profile := stringprep.SASLprep
	profile.Mappings = slices.Clone(profile.Mappings)
	slices.Reverse(profile.Mappings)
	prepared, err := profile.Prepare(password)
	if err != nil || prepared == "" {
		return password
	}
	return prepared
}
