package pgadapt

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/adapt"
)

// The defaults of a Config's fields that are zero.
const (
	// DefaultStatementCacheCapacity is the number of prepared statements kept per connection.
	DefaultStatementCacheCapacity = 512
	// DefaultDescriptionCacheCapacity is the number of descriptions kept per connection.
	DefaultDescriptionCacheCapacity = 512
	// DefaultMaxBufferedBytes bounds the open results that a connection holds in memory: 64 MiB.
	DefaultMaxBufferedBytes = 64 << 20
	// DefaultMaxMessageBytes is the longest message that is accepted from the server: 1 GiB, as long as
	// PostgreSQL's own can get.
	DefaultMaxMessageBytes = 1 << 30
	// DefaultCancelTimeout is how long a cancelled statement may take to stop.
	DefaultCancelTimeout = 5 * time.Second
)

// Config is what a [Connector] needs to open connections: pgconn's settings (hosts, TLS, run-time
// parameters, and the hooks AfterConnect and OnNotice among them) and pgadapt's own. [ParseConfig] makes
// one; its fields may then be changed before it is given to [NewConnector]. Each scalar field is also a
// parameter of the DSN, under the name its comment gives.
type Config struct {
	// Config holds pgconn's settings. It must have been made by ParseConfig. Its field
	// BuildContextWatcherHandler is replaced by the driver's own way of cancelling, and what BuildFrontend
	// builds reads through the driver's own checks. Its field MaxProtocolMessageBodyLen is the longest
	// message that is accepted from the server (max_message_bytes); zero means DefaultMaxMessageBytes.
	*pgconn.Config

	// ExecMode says how statements travel (default_query_exec_mode).
	ExecMode ExecMode
	// StatementCacheCapacity is the number of prepared statements that a connection keeps in
	// ExecModeCacheStatement (statement_cache_capacity). Zero means DefaultStatementCacheCapacity, a
	// negative number none; in the DSN 0 means none, as in pgx.
	StatementCacheCapacity int
	// DescriptionCacheCapacity is the same for the descriptions of ExecModeCacheDescribe
	// (description_cache_capacity).
	DescriptionCacheCapacity int
	// ParamStyle says what placeholders look like (paramstyle).
	ParamStyle ParamStyle
	// MaxBufferedBytes bounds the memory that a connection takes for open results when another statement
	// runs on it in between (max_buffered_bytes, also with the units kB, MB and GB). Zero means
	// DefaultMaxBufferedBytes.
	MaxBufferedBytes int64
	// CancelTimeout is how long a statement may take to stop after its context has ended, before the
	// connection is given up; ROLLBACK gets as much (cancel_timeout: seconds, or a Go duration such as
	// 500ms). Zero means DefaultCancelTimeout.
	CancelTimeout time.Duration
	// LazyBegin has BEGIN wait for the first statement of its transaction, and travel with it where that goes over the
	// extended query protocol, as all queries and all statements with arguments do in the default mode: a
	// transaction of one known statement costs two round trips instead of three (lazy_begin). An error of BEGIN, and
	// the start of now() and of the snapshot, are then those of that statement; an empty transaction costs nothing.
	LazyBegin bool
	// EarlyClose says what closing rows before their end does with the rest (early_close).
	EarlyClose EarlyClose
	// NegativeInfinity and PositiveInfinity are what the dates and timestamps -infinity and infinity become
	// in a time.Time (negative_infinity and positive_infinity, RFC 3339). Set both: a parameter at or
	// before, at or after them is then sent as the infinity. Zero means that infinity does not fit a
	// time.Time, and scanning it is an error.
	NegativeInfinity, PositiveInfinity time.Time

	// Types has Go types registered for types of the database, and functions between the two; nil means none.
	Types *adapt.Registry

	// BeforeConnect, when set, runs before each attempt to connect and may change the settings of this
	// attempt: a fresh password or token, another host. The settings are a copy.
	BeforeConnect func(ctx context.Context, settings *pgconn.Config) error
	// ResetSession, when set, runs each time the pool hands out a connection that was used before. When it
	// fails, the connection is closed and the pool takes another.
	ResetSession func(ctx context.Context, session *pgconn.PgConn) error

	// Logger, when set, is told what an operator should know once, such as that a pooler was met. It is never
	// given arguments or secrets.
	Logger *slog.Logger

	// Tracer, when set, is told of connections, statements, rows, copies and notifications as they begin and end.
	Tracer Tracer

	// resolved is behind a pointer because fmt prints an unexported field by its contents, but a pointer in
	// it by its address.
	resolved *resolution
}

// resolution is what ParseConfig has found out beside the fields of a Config. It does not change any more.
type resolution struct {
	settings    effectiveSettings
	network     networkSettings
	hosts       []resolvedHost
	loadBalance bool
	requirePeer string
}

// ParseConfig reads a connection string, a URI or keyword/value pairs, with the environment, the service file
// and the passfile behind it, as libpq does; see docs/dsn.md for each keyword. A keyword that is neither
// libpq's nor pgadapt's is a run-time parameter of the server, such as search_path, unless it is a near miss
// of a known one. What pgadapt cannot honour is an error, wherever it is set. No error contains any part of a
// password.
func ParseConfig(connString string) (*Config, error) {
	given, err := parseDSN(connString)
	if err != nil {
		return nil, err
	}
	settings, err := resolveSettings(given)
	if err != nil {
		return nil, err
	}
	if err := settings.check(); err != nil {
		return nil, err
	}
	return newConfig(settings)
}

// newConfig has pgconn understand what it can, and then applies the rest.
func newConfig(settings effectiveSettings) (*Config, error) {
	forPgconn, err := settings.forPgconn()
	if err != nil {
		return nil, err
	}
	parsed, err := pgconn.ParseConfig(forPgconn.String())
	if err != nil {
		return nil, newConfigError(err)
	}
	config := &Config{Config: parsed, resolved: &resolution{settings: settings}}
	for _, apply := range []func(effectiveSettings) error{
		config.keepRunTimeParameters, config.applyKeywords, config.applyTLS, config.applyHosts, config.checkInfinities,
	} {
		if err := apply(settings); err != nil {
			return nil, err
		}
	}
	config.DialFunc = config.checkPeer(config.resolved.network.dialer().DialContext)
	config.BuildFrontend = newFrontend
	return config, nil
}

// newConfigError gives what pgconn finds wrong with the settings, without the connection string that pgconn's own
// error shows and holds: its masking of passwords is best effort.
func newConfigError(err error) error {
	text := err.Error()
	if end := strings.LastIndex(text, "`: "); end >= 0 {
		text = text[end+len("`: "):]
	}
	return &configError{text: "pgadapt: DSN: " + text, cause: errors.Unwrap(err)}
}

type configError struct {
	text  string
	cause error
}

func (e *configError) Error() string { return e.text }

func (e *configError) Unwrap() error { return e.cause }

// Copy gives an independent copy; hooks are shared.
func (c *Config) Copy() *Config {
	if c == nil {
		return &Config{}
	}
	copied := *c
	if c.Config != nil {
		copied.Config = c.Config.Copy()
	}
	return &copied
}

func (c *Config) cancelTimeout() time.Duration {
	if c.CancelTimeout > 0 {
		return c.CancelTimeout
	}
	return DefaultCancelTimeout
}

func (c *Config) maxBufferedBytes() int64 {
	if c.MaxBufferedBytes > 0 {
		return c.MaxBufferedBytes
	}
	return DefaultMaxBufferedBytes
}

// maxMessageBytes gives the limit of an attempt to connect with settings.
func maxMessageBytes(settings *pgconn.Config) int {
	if settings.MaxProtocolMessageBodyLen > 0 {
		return settings.MaxProtocolMessageBodyLen
	}
	return DefaultMaxMessageBytes
}

// cacheCapacity gives the number of statements to keep in the configured mode.
func (c *Config) cacheCapacity() int {
	capacity, fallback := 0, 0
	switch c.ExecMode {
	case ExecModeCacheStatement:
		capacity, fallback = c.StatementCacheCapacity, DefaultStatementCacheCapacity
	case ExecModeCacheDescribe:
		capacity, fallback = c.DescriptionCacheCapacity, DefaultDescriptionCacheCapacity
	}
	if capacity == 0 {
		return fallback
	}
	return max(capacity, 0)
}
