package pgadapt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/dsn"
)

// The defaults of a Config's fields that are zero.
const (
	// DefaultStatementCacheCapacity is the number of prepared statements kept per connection.
	DefaultStatementCacheCapacity = 512
	// DefaultDescriptionCacheCapacity is the number of descriptions kept per connection.
	DefaultDescriptionCacheCapacity = 512
	// DefaultMaxBufferedBytes bounds the open results that a connection holds in memory: 64 MiB.
	DefaultMaxBufferedBytes = 64 << 20
	// DefaultCancelTimeout is how long a cancelled statement may take to stop.
	DefaultCancelTimeout = 5 * time.Second
)

// Config is what a [Connector] needs to open connections: pgconn's settings (hosts, TLS, run-time
// parameters, and the hooks AfterConnect and OnNotice among them) and pgadapt's own. [ParseConfig] makes
// one; its fields may then be changed before it is given to [NewConnector]. Each scalar field is also a
// parameter of the DSN, under the name its comment gives.
type Config struct {
	// Config holds pgconn's settings. It must have been made by ParseConfig. Its field
	// BuildContextWatcherHandler is replaced by the driver's own way of cancelling.
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
	// MaxBufferedBytes bounds the memory that a connection takes for open results when another statement
	// runs on it in between (max_buffered_bytes, also with the units kB, MB and GB). Zero means
	// DefaultMaxBufferedBytes.
	MaxBufferedBytes int64
	// CancelTimeout is how long a statement may take to stop after its context has ended, before the
	// connection is given up; ROLLBACK gets as much (cancel_timeout: seconds, or a Go duration such as
	// 500ms). Zero means DefaultCancelTimeout.
	CancelTimeout time.Duration
	// NegativeInfinity and PositiveInfinity are what the dates and timestamps -infinity and infinity become
	// in a time.Time (negative_infinity and positive_infinity, RFC 3339). Set both: a parameter at or
	// before, at or after them is then sent as the infinity. Zero means that infinity does not fit a
	// time.Time, and scanning it is an error.
	NegativeInfinity, PositiveInfinity time.Time

	// BeforeConnect, when set, runs before each attempt to connect and may change the settings of this
	// attempt: a fresh password or token, another host. The settings are a copy.
	BeforeConnect func(ctx context.Context, settings *pgconn.Config) error
	// ResetSession, when set, runs each time the pool hands out a connection that was used before. When it
	// fails, the connection is closed and the pool takes another.
	ResetSession func(ctx context.Context, session *pgconn.PgConn) error
}

// ParseConfig reads a connection string, a URI or keyword/value pairs, with the environment, the service file
// and the passfile behind it, as libpq does; see docs/dsn.md for each keyword. A keyword that is neither
// libpq's nor pgadapt's is a run-time parameter of the server, such as search_path, unless it is a near miss
// of a known one. No error contains any part of a password.
func ParseConfig(connString string) (*Config, error) {
	parameters, err := dsn.Parse(connString)
	if err != nil {
		return nil, fmt.Errorf("pgadapt: %w", err)
	}
	if err := checkKeywords(parameters); err != nil {
		return nil, err
	}
	config := &Config{}
	for keyword, value := range parameters.Clone().All() {
		set, ours := configKeywords[keyword]
		if !ours {
			continue
		}
		parameters.Delete(keyword)
		if err := set(config, value); err != nil {
			return nil, fmt.Errorf("pgadapt: DSN parameter %s: %w", keyword, err)
		}
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	config.Config, err = pgconn.ParseConfig(parameters.String())
	if err != nil {
		return nil, newConfigError(err)
	}
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

// checkKeywords refuses the near miss of a known keyword, which the server would refuse or, worse, ignore.
func checkKeywords(parameters dsn.Params) error {
	for _, keyword := range parameters.Unknown() {
		if meant, ok := dsn.Suggest(keyword); ok {
			return fmt.Errorf("pgadapt: unknown DSN parameter %q: did you mean %q?", keyword, meant)
		}
	}
	return nil
}

// configKeywords says what each of pgadapt's own DSN parameters does to a Config.
var configKeywords = map[string]func(config *Config, value string) error{
	"default_query_exec_mode": func(config *Config, value string) (err error) {
		config.ExecMode, err = parseExecMode(value)
		return err
	},
	"statement_cache_capacity": func(config *Config, value string) (err error) {
		config.StatementCacheCapacity, err = parseCapacity(value)
		return err
	},
	"description_cache_capacity": func(config *Config, value string) (err error) {
		config.DescriptionCacheCapacity, err = parseCapacity(value)
		return err
	},
	"max_buffered_bytes": func(config *Config, value string) (err error) {
		config.MaxBufferedBytes, err = parseBytes(value)
		return err
	},
	"cancel_timeout": func(config *Config, value string) (err error) {
		config.CancelTimeout, err = parseSeconds(value)
		return err
	},
	"negative_infinity": func(config *Config, value string) (err error) {
		config.NegativeInfinity, err = time.Parse(time.RFC3339Nano, value)
		return err
	},
	"positive_infinity": func(config *Config, value string) (err error) {
		config.PositiveInfinity, err = time.Parse(time.RFC3339Nano, value)
		return err
	},
	// lib/pq's switches for binary parameters and results: pgadapt decides that by type.
	"binary_parameters":              acceptYesNo,
	"disable_prepared_binary_result": acceptYesNo,
}

// acceptYesNo checks a switch that has no effect here.
func acceptYesNo(_ *Config, value string) error {
	switch value {
	case "yes", "no":
		return nil
	}
	return fmt.Errorf("%q is neither \"yes\" nor \"no\"", value)
}

// parseCapacity reads a cache capacity of the DSN, where 0 means no cache.
func parseCapacity(value string) (int, error) {
	capacity, err := strconv.Atoi(value)
	if err != nil || capacity < 0 {
		return 0, fmt.Errorf("%q is not a number of statements, 0 or more", value)
	}
	if capacity == 0 {
		return -1, nil
	}
	return capacity, nil
}

// parseBytes reads a number of bytes with PostgreSQL's units for memory.
func parseBytes(value string) (int64, error) {
	units := []struct {
		suffix string
		factor int64
	}{{"kB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}, {"B", 1}, {"", 1}}
	for _, unit := range units {
		digits, found := strings.CutSuffix(value, unit.suffix)
		if !found {
			continue
		}
		number, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || number <= 0 || number > (1<<62)/unit.factor {
			break
		}
		return number * unit.factor, nil
	}
	return 0, fmt.Errorf("%q is not a number of bytes such as 67108864 or 64MB", value)
}

// parseSeconds reads a positive duration: a number of seconds, or with Go's units.
func parseSeconds(value string) (time.Duration, error) {
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 && seconds < 1e9 {
		return time.Duration(seconds * float64(time.Second)), nil
	}
	if duration, err := time.ParseDuration(value); err == nil && duration > 0 {
		return duration, nil
	}
	return 0, fmt.Errorf("%q is not a time such as 5 (seconds) or 500ms", value)
}

// check looks at what no single field shows.
func (c *Config) check() error {
	if c.NegativeInfinity.IsZero() != c.PositiveInfinity.IsZero() {
		return errors.New("pgadapt: negative_infinity and positive_infinity must be given together")
	}
	if !c.NegativeInfinity.IsZero() && !c.NegativeInfinity.Before(c.PositiveInfinity) {
		return errors.New("pgadapt: negative_infinity must be before positive_infinity")
	}
	return nil
}

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

// String describes the target: user, host, port and database, and nothing secret.
func (c *Config) String() string {
	if c == nil || c.Config == nil {
		return "pgadapt.Config{}"
	}
	return fmt.Sprintf("pgadapt.Config{user=%s host=%s port=%d dbname=%s}", c.User, c.Host, c.Port, c.Database)
}

// Format prints what String gives for every verb, so that no way of printing shows the password.
func (c *Config) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, c.String()) }

// LogValue gives slog what String gives.
func (c *Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

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
