package main

import (
	"database/sql"
	"fmt"
	"io"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt"
)

// open opens the database. Every session has the lock_timeout, and shows the notices of the server.
func open(options options, messages *messages) (*sql.DB, error) {
	config, err := pgadapt.ParseConfig(options.dsn)
	if err != nil {
		return nil, fmt.Errorf("-dsn: %w", err)
	}
	config.RuntimeParams["application_name"] = "pgadapt maintenance"
	config.RuntimeParams["lock_timeout"] = strconv.FormatInt(options.lockTimeout.Milliseconds(), 10)
	config.OnNotice = func(_ *pgconn.PgConn, notice *pgconn.Notice) {
		messages.printf("    %s: %s\n", notice.Severity, notice.Message)
	}
	return sql.OpenDB(pgadapt.NewConnector(config)), nil
}

// messages prints what happens while it happens, for several goroutines.
type messages struct {
	mutex sync.Mutex
	out   io.Writer
}

func (m *messages) printf(format string, args ...any) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	fmt.Fprintf(m.out, format, args...)
}
