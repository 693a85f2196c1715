package pgtest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
)

// Server is a PostgreSQL server that accepts connections. Its methods may be called from several
// goroutines.
type Server struct {
	spec     ServerSpec
	host     string
	port     uint16
	stopOnce sync.Once
	stopErr  error
}

// ServerSpec is what a Source knows about the server that it got.
type ServerSpec struct {
	// DSN is the connection string for the server's superuser.
	DSN string
	// Version is the server's major version.
	Version int
	// Origin says in human words where the server came from.
	Origin string
	// SocketDir is the folder of the server's Unix socket, empty if there is none.
	SocketDir string
	// LogFile is the path of the server's log file while it runs, empty if there is none here.
	LogFile string
	// Log reads the server's log so far. Nil means that the log cannot be read.
	Log func() string
	// Stop ends the server. Nil means that it is not ours to end.
	Stop func() error
	// Crash ends the server at once, without a word to its clients. Nil means that it is not ours to end.
	Crash func() error
	// Restart ends the server in a mode of pg_ctl and starts it again. Nil means that it is not ours to restart.
	Restart func(ctx context.Context, mode string) error
}

// NewServer makes a Server from what a Source knows about it. The error says that spec.DSN cannot be
// parsed.
func NewServer(spec ServerSpec) (*Server, error) {
	config, err := pgconn.ParseConfig(spec.DSN)
	if err != nil {
		return nil, fmt.Errorf("pgtest: connection string of the server: %w", err)
	}
	return &Server{spec: spec, host: config.Host, port: config.Port}, nil
}

// DSN gives the connection string: for a server that was started here a URI with user postgres, database
// postgres and sslmode=disable, for one from the environment what the environment says.
func (s *Server) DSN() string { return s.spec.DSN }

// Host gives the host name or address that the server listens on.
func (s *Server) Host() string { return s.host }

// Port gives the server's TCP port in decimal.
func (s *Server) Port() string { return strconv.Itoa(int(s.port)) }

// SocketDir gives the folder with the server's Unix socket, which is the host to connect to it there.
// It is empty where there is no such socket or it is not known.
func (s *Server) SocketDir() string { return s.spec.SocketDir }

// Version gives the major version, such as 18.
func (s *Server) Version() int { return s.spec.Version }

// Origin says in human words where the server came from.
func (s *Server) Origin() string { return s.spec.Origin }

// LogFile gives the path of the server's log file, which is there until Stop, or an empty string.
func (s *Server) LogFile() string { return s.spec.LogFile }

// Log gives the server's log so far, empty if it cannot be read. It can still be read after Stop.
func (s *Server) Log() string {
	if s.spec.Log == nil {
		return ""
	}
	return s.spec.Log()
}

// Stop ends the server with a fast shutdown, which rolls back open transactions, and removes its files.
// A server from the environment goes on. Further calls return the error of the first.
func (s *Server) Stop() error {
	s.stopOnce.Do(func() {
		if s.spec.Stop != nil {
			s.stopErr = s.spec.Stop()
		}
	})
	return s.stopErr
}

// Crash ends the server at once, as a power failure would: no session is told, nothing is saved. Its files are
// removed, and Stop does nothing any more. The error says that the server is not one of ours.
func (s *Server) Crash() error {
	if s.spec.Crash == nil {
		return errNotOurs
	}
	s.stopOnce.Do(func() { s.stopErr = s.spec.Crash() })
	return s.stopErr
}

// Restart ends all sessions with a fast shutdown and starts the server again on the same port. The error says that
// the server is not one of ours, or that it does not start.
func (s *Server) Restart(ctx context.Context) error { return s.restart(ctx, "fast") }

// RestartAfterCrash ends the server as Crash does, but keeps its files and starts it again on the same port: it
// recovers from its write-ahead log. The settings fsync, full_page_writes and synchronous_commit must be on for that,
// which DefaultSettings has off.
func (s *Server) RestartAfterCrash(ctx context.Context) error { return s.restart(ctx, "immediate") }

func (s *Server) restart(ctx context.Context, mode string) error {
	if s.spec.Restart == nil {
		return errNotOurs
	}
	return s.spec.Restart(ctx, mode)
}

var errNotOurs = errors.New("pgtest: the server was not started here")
