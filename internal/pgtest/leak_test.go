package pgtest

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

func TestLeftSessionsAreFound(t *testing.T) {
	dsn := DSN(t)
	watcher, err := pgconn.Connect(t.Context(), shared.server.DSN())
	require.NoError(t, err)
	defer watcher.Close(t.Context())
	require.NoError(t, leftSessions(t.Context(), watcher, 0))

	leaked, err := pgconn.Connect(t.Context(), dsn)
	require.NoError(t, err)
	require.NoError(t, execute(t.Context(), leaked, "select 'forgotten'"))
	err = leftSessions(t.Context(), watcher, 0)
	require.ErrorContains(t, err, "left 1 sessions open")
	require.ErrorContains(t, err, "idle since")
	require.ErrorContains(t, err, "select 'forgotten'")

	require.NoError(t, leaked.Close(t.Context()))
	require.NoError(t, leftSessions(t.Context(), watcher, leakPatience))
}

func TestWithParameters(t *testing.T) {
	parameters := map[string]string{"dbname": "it's"}
	for _, test := range []struct{ name, dsn, want string }{
		{"URI", "postgres://u:p@h:1/db?sslmode=disable", "postgres://u:p@h:1/it%27s?sslmode=disable"},
		{"URI with dbname as parameter", "postgresql://h?dbname=db", "postgresql://h/it%27s"},
		{"keyword and value", "host=h dbname=db", `host=h dbname=db dbname='it\'s'`},
	} {
		t.Run(test.name, func(t *testing.T) {
			have, err := withParameters(test.dsn, parameters)
			require.NoError(t, err)
			require.Equal(t, test.want, have)
			config, err := pgconn.ParseConfig(have)
			require.NoError(t, err)
			require.Equal(t, "it's", config.Database)
			require.Equal(t, "h", config.Host)
		})
	}
	t.Run("malformed", func(t *testing.T) {
		_, err := withParameters("postgres://u:secret@h:port%/", parameters)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "secret")
	})
}

func TestLogSince(t *testing.T) {
	log := "2026-01-02 03:04:05.006 UTC [1] LOG:  old\n\tgoes on\n" +
		"2026-01-02 03:04:06.000 UTC [1] ERROR:  new\n\tgoes on too\n"
	start := time.Date(2026, 1, 2, 3, 4, 5, 7e6, time.UTC)
	require.Equal(t, "2026-01-02 03:04:06.000 UTC [1] ERROR:  new\n\tgoes on too\n", logSince(log, start))
	require.Equal(t, log, logSince(log, start.Add(-time.Hour)))
	require.Empty(t, logSince(log, start.Add(time.Hour)))
}

func TestLastLines(t *testing.T) {
	require.Equal(t, "a\nb\n", lastLines("a\nb\n"))
	require.Equal(t, "[...]\n"+strings.Repeat("x\n", shownLines), lastLines(strings.Repeat("x\n", shownLines+1)))
}
