package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// applicationName tells the sessions of this process from all others. It is the name of its database too.
func applicationName() string {
	program := strings.TrimSuffix(filepath.Base(os.Args[0]), ".test")
	return fmt.Sprintf("pgtest_%.40s_%d", program, os.Getpid())
}

// createDatabase makes a database for this process, so that packages that are tested at the same time on
// one server do not meet, and gives the connection string for it.
func createDatabase(ctx context.Context, dsn string) (string, error) {
	conn, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	name := applicationName()
	if err := execute(ctx, conn, fmt.Sprintf("create database %s template template0", quoteIdentifier(name))); err != nil {
		return "", err
	}
	return withParameters(dsn, map[string]string{"dbname": name, "application_name": name})
}

func dropDatabase(ctx context.Context, conn *pgconn.PgConn) error {
	return execute(ctx, conn, fmt.Sprintf("drop database if exists %s with (force)", quoteIdentifier(applicationName())))
}

func execute(ctx context.Context, conn *pgconn.PgConn, sql string) error {
	if _, err := conn.Exec(ctx, sql).ReadAll(); err != nil {
		return fmt.Errorf("pgtest: %s: %w", sql, err)
	}
	return nil
}

func quoteIdentifier(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// withParameters replaces parameters of a connection string of either form (PostgreSQL docs, section
// "Connection Strings"). In both forms a later or outer dbname wins over an earlier one.
func withParameters(dsn string, parameters map[string]string) (string, error) {
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return appendParameters(dsn, parameters), nil
	}
	parsed, err := url.Parse(dsn)
	if err != nil {
		return "", fmt.Errorf("pgtest: PGADAPT_TEST_DSN is not a valid URI") // err would show the password
	}
	query := parsed.Query()
	for name, value := range parameters {
		if name == "dbname" {
			parsed.Path = "/" + value
			query.Del(name)
			continue
		}
		query.Set(name, value)
	}
	parsed.RawQuery = query.Encode()
	return parsed.String(), nil
}

func appendParameters(dsn string, parameters map[string]string) string {
	escape := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	for name, value := range parameters {
		dsn += fmt.Sprintf(" %s='%s'", name, escape.Replace(value))
	}
	return dsn
}
