package replication

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt"
)

// Mode says what a session is for. It is the value of libpq's keyword replication.
type Mode string

const (
	// Physical is a session for the WAL of the whole cluster. It is connected to no database.
	Physical Mode = "true"
	// Logical is a session for the changes of one database, that of the Config.
	Logical Mode = "database"
)

// Session is a session that speaks the replication protocol. It is used by one goroutine at a time. While it streams,
// its commands are refused; those of the [Stream] take their place. A context that ends while a command runs, such as
// CreateSlot waiting for running transactions, ends the session.
type Session struct {
	connector *pgadapt.Connector
	logger    *slog.Logger
	pg        *pgconn.PgConn
	version   serverVersion
	stream    *Stream // nil while the session takes commands
}

// errStreaming answers a command that the server could not read now.
var errStreaming = errors.New("replication: the session is streaming: close its Stream first, or use another session")

// Connect opens a session on the first host of config that will do, as [pgadapt.Connector] does: with BeforeConnect,
// passwords, TLS and target_session_attrs. The role needs the attribute REPLICATION. AfterConnect is not called, since
// a session for replication does not take most of what it might send; run-time parameters are set all the same. Dates,
// intervals and floats are printed in the forms ISO, postgres and exact, unless config asks for others.
func Connect(ctx context.Context, config *pgadapt.Config, mode Mode) (*Session, error) {
	if mode != Physical && mode != Logical {
		return nil, fmt.Errorf("replication: unknown mode %q: it must be replication.Physical or replication.Logical", mode)
	}
	own := config.Copy()
	if own.Config != nil {
		own.AfterConnect = nil
		own.RuntimeParams = runtimeParameters(own.RuntimeParams, mode)
		if mode == Physical {
			if err := judgeByStatus(own); err != nil {
				return nil, err
			}
		}
	}
	s := &Session{connector: pgadapt.NewConnector(own), logger: own.Logger}
	return s, s.connect(ctx)
}

// connect opens the session, also anew after it was lost.
func (s *Session) connect(ctx context.Context) error {
	pg, err := s.connector.ConnectPgConn(ctx)
	if err != nil {
		return fmt.Errorf("replication: %w", err)
	}
	s.pg, s.version = pg, parseServerVersion(pg.ParameterStatus("server_version"))
	return nil
}

// Close ends the session, and with it its temporary slots and exported snapshots. A stream is closed first.
func (s *Session) Close() error {
	var err error
	if s.stream != nil {
		err = s.stream.Close()
	}
	ctx, stop := context.WithTimeout(context.Background(), closeTimeout)
	defer stop()
	return errors.Join(err, s.pg.Close(ctx))
}

// ServerVersion gives the version that the server reports, such as "18.1".
func (s *Session) ServerVersion() string { return s.version.text }

// command sends a replication command and gives its result; the SQL of a logical session travels the same way.
func (s *Session) command(ctx context.Context, text string) (*pgconn.Result, error) {
	if s.stream != nil {
		return nil, errStreaming
	}
	if err := checkText(text); err != nil {
		return nil, err
	}
	results, err := s.pg.Exec(ctx, text).ReadAll()
	if err != nil {
		return nil, commandError(text, err)
	}
	if len(results) == 0 {
		return &pgconn.Result{}, nil
	}
	return results[len(results)-1], nil
}

// row sends a replication command that answers with one row of at least so many columns.
func (s *Session) row(ctx context.Context, text string, columns int) ([][]byte, error) {
	result, err := s.command(ctx, text)
	if err != nil {
		return nil, err
	}
	if len(result.Rows) != 1 || len(result.Rows[0]) < columns {
		return nil, fmt.Errorf("replication: the server answered %s with %d rows", verb(text), len(result.Rows))
	}
	return result.Rows[0], nil
}

// runtimeParameters adds to the parameters of a session those that replication needs.
func runtimeParameters(given map[string]string, mode Mode) map[string]string {
	// What the output plugins print depends on these; PostgreSQL's own subscriptions set the same.
	parameters := map[string]string{"datestyle": "ISO", "intervalstyle": "postgres", "extra_float_digits": "3"}
	for name := range given {
		delete(parameters, strings.ToLower(name))
	}
	for name := range parameters {
		if strings.Contains(strings.ToLower(given["options"]), name) {
			delete(parameters, name)
		}
	}
	for name, value := range given {
		if !strings.EqualFold(name, "replication") {
			parameters[name] = value
		}
	}
	parameters["replication"] = string(mode)
	return parameters
}
