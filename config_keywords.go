package pgadapt

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// applyKeywords gives pgadapt's own keywords their effect.
func (c *Config) applyKeywords(settings effectiveSettings) error {
	for keyword, value := range settings.All() {
		apply, ours := configKeywords[keyword]
		if !ours {
			continue
		}
		if err := apply(c, value); err != nil {
			return fmt.Errorf("pgadapt: %s: %w", settings.describe(keyword), err)
		}
	}
	return nil
}

// configKeywords says what each keyword does to a Config that dsn's table marks as pgadapt's. Keywords with a list of
// choices have been checked before.
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
	"paramstyle": func(config *Config, value string) (err error) {
		config.ParamStyle, err = parseParamStyle(value)
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
	"lazy_begin": func(config *Config, value string) error {
		config.LazyBegin = value == "true"
		return nil
	},
	"max_message_bytes": applyMaxMessageBytes,
	"early_close": func(config *Config, value string) (err error) {
		config.EarlyClose, err = parseEarlyClose(value)
		return err
	},
	"negative_infinity": func(config *Config, value string) (err error) {
		config.NegativeInfinity, err = parseInfinity(value)
		return err
	},
	"positive_infinity": func(config *Config, value string) (err error) {
		config.PositiveInfinity, err = parseInfinity(value)
		return err
	},
	// lib/pq's switches for binary parameters and results: pgadapt decides that by type.
	"binary_parameters":              withoutEffect,
	"disable_prepared_binary_result": withoutEffect,

	"client_encoding":           applyClientEncoding,
	"fallback_application_name": applyFallbackApplicationName,
	"connect_timeout":           applyConnectTimeout,
	"load_balance_hosts": func(config *Config, value string) error {
		config.resolved.loadBalance = value == "random"
		return nil
	},
	"keepalives":          applyKeepAlives,
	"keepalives_idle":     applyKeepAliveIdle,
	"keepalives_interval": applyKeepAliveInterval,
	"keepalives_count":    applyKeepAliveCount,
	"tcp_user_timeout":    applyUserTimeout,
	"requirepeer":         applyRequirePeer,

	"ssl_min_protocol_version": applyOldestTLS,
	"ssl_max_protocol_version": applyNewestTLS,
	"sslkeylogfile":            applyKeyLogFile,

	// applyHosts uses these two, together with host and password.
	"hostaddr": withoutEffect,
	"passfile": withoutEffect,
}

// withoutEffect is for a keyword that has none of its own.
func withoutEffect(*Config, string) error { return nil }

// applyClientEncoding accepts the names that PostgreSQL has for UTF8 (pg_char_to_encoding looks at letters and
// digits only), and auto, libpq's word for the encoding of the program's locale.
func applyClientEncoding(config *Config, value string) error {
	letters := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(value))
	switch letters {
	case "utf8", "unicode", "auto", "":
		config.RuntimeParams["client_encoding"] = "UTF8"
		return nil
	}
	return fmt.Errorf("%q is not possible, Go's strings are UTF-8: leave it out or write UTF8", value)
}

// applyFallbackApplicationName uses the name if neither the DSN nor PGAPPNAME gives one.
func applyFallbackApplicationName(config *Config, value string) error {
	if _, given := config.RuntimeParams["application_name"]; !given && value != "" {
		config.RuntimeParams["application_name"] = value
	}
	return nil
}

func applyConnectTimeout(config *Config, value string) error {
	seconds, err := parseWholeNumber(value)
	config.ConnectTimeout = time.Duration(max(seconds, 0)) * time.Second
	return err
}

// parseWholeNumber reads a number as libpq does: blanks around it, 32 bits (pqParseIntParam in fe-connect.c).
func parseWholeNumber(value string) (int, error) {
	number, err := strconv.ParseInt(strings.TrimSpace(value), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%q is not a whole number", value)
	}
	return int(number), nil
}

// parseInfinity reads a time other than Go's zero time, which in a Config means none.
func parseInfinity(value string) (time.Time, error) {
	moment, err := time.Parse(time.RFC3339Nano, value)
	if err == nil && moment.IsZero() {
		return moment, fmt.Errorf("%q is Go's zero time, which stands for none: take a later one", value)
	}
	return moment, err
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

// applyMaxMessageBytes cuts the number to what the four bytes of a message's length can say.
func applyMaxMessageBytes(config *Config, value string) error {
	number, err := parseBytes(value)
	config.MaxProtocolMessageBodyLen = int(min(number, math.MaxInt32))
	return err
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
