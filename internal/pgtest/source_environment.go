package pgtest

import (
	"context"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5/pgconn"
)

// FromEnvironment is the source for the server that PGADAPT_TEST_DSN names.
func FromEnvironment() Source {
	return Source{
		Name:     "PGADAPT_TEST_DSN",
		Advice:   "set PGADAPT_TEST_DSN to the connection string of a running server",
		Decisive: true,
		Start:    startFromEnvironment,
	}
}

func startFromEnvironment(ctx context.Context, opts Options) (*Server, error) {
	dsn := os.Getenv("PGADAPT_TEST_DSN")
	if dsn == "" {
		return nil, &UnavailableError{Reason: "not set"}
	}
	if len(opts.Settings) > 0 {
		return nil, &UnavailableError{Reason: "settings are wanted, which a running server cannot be given"}
	}
	version, err := ServerVersion(ctx, dsn)
	if err != nil {
		return nil, err
	}
	if opts.Version != 0 && opts.Version != version {
		return nil, &UnavailableError{Reason: fmt.Sprintf("the server has version %d, not %d", version, opts.Version)}
	}
	return NewServer(ServerSpec{
		DSN:     dsn,
		Version: version,
		Origin:  "the server that PGADAPT_TEST_DSN names",
		LogFile: os.Getenv("PGADAPT_TEST_LOG"),
		Log:     environmentLog,
	})
}

func environmentLog() string {
	path := os.Getenv("PGADAPT_TEST_LOG")
	if path == "" {
		return ""
	}
	log, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(log)
}

// ServerVersion connects once and gives the major version of the server.
func ServerVersion(ctx context.Context, dsn string) (int, error) {
	conn, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		return 0, err
	}
	defer conn.Close(ctx)
	return majorVersion(conn.ParameterStatus("server_version"))
}
