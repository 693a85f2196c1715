package pgadapt_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// canary is the password that must not be seen anywhere.
const canary = "canary"

func TestNoWayOfPrintingShowsThePassword(t *testing.T) {
	home := withoutEnvironment(t)
	passfile := writeFile(t, home, "passfile", "*:*:*:*:"+canary+"\n")
	for source, connString := range map[string]string{
		"DSN":      "postgres://joe:" + canary + "@db/app?sslpassword=" + canary + "&pasword_hint=" + canary,
		"passfile": "host=db user=joe dbname=app passfile=" + passfile,
	} {
		config := parse(t, connString)
		require.Equal(t, canary, config.Password)
		connector := pgadapt.NewConnector(config)
		for name, value := range map[string]any{
			"Config":              config,
			"Config value":        *config,
			"Connector":           connector,
			"sql.DB":              sql.OpenDB(connector),
			"exported fields":     struct{ Config, Connector any }{config, connector},
			"unexported pointers": struct{ config, connector any }{config, connector},
			"unexported value":    struct{ config pgadapt.Config }{*config},
			"slice":               []*pgadapt.Config{config},
		} {
			t.Run(source+"/"+name, func(t *testing.T) {
				verbs := []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%T"}
				if name == "unexported value" {
					verbs = verbs[:3] // fmt follows pointers when a verb does not fit what it finds by reflection
				}
				for _, verb := range verbs {
					require.NotContains(t, fmt.Sprintf(verb, value), canary, verb)
					require.NotContains(t, fmt.Sprintf(verb, value), fmt.Sprintf("%x", canary), verb)
				}
				require.NotContains(t, logged(value), canary)
				encoded, err := json.Marshal(value)
				require.NotContains(t, fmt.Sprint(string(encoded), err), canary)
			})
		}
	}
}

// logged gives what slog makes of a value, as text and as JSON.
func logged(value any) string {
	var output bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&output, nil), slog.NewJSONHandler(&output, nil)} {
		slog.New(handler).Info("message", "value", value, slog.Group("group", "value", value))
	}
	return output.String()
}

func TestConfigPrintsItsTarget(t *testing.T) {
	withoutEnvironment(t)
	const want = "pgadapt.Config{user=joe host=db port=5432 dbname=app}"
	config := parse(t, "postgres://joe:"+canary+"@db/app")
	require.Equal(t, want, fmt.Sprint(config))
	require.Equal(t, want, fmt.Sprintf("%+v", *config))
	require.Equal(t, want, pgadapt.NewConnector(config).String())
	require.Equal(t, want, fmt.Sprintf("%#v", pgadapt.NewConnector(config)))
	require.Equal(t, 4, strings.Count(logged(config), want))
	require.Equal(t, "pgadapt.Config{}", fmt.Sprint(pgadapt.Config{}))
}

// misplaced are connection strings that cannot work, with the canary where a password can be or get to.
var misplaced = []string{
	"postgres://joe:can/canary@db/app",
	"postgres://joe:can@canary@db/app",
	"postgres://joe:can?canary@db:x/app",
	"postgres://joe:canary/x@db/app",
	"postgres://joe:1/canary@db/app",
	"postgres://joe:%zzcanary@db/app",
	"postgres://joe:canary@db:many/app",
	"postgres://joe@db:canary/app",
	"postgres://joe:canary@db/app?sslmode=perhaps",
	"postgres://joe:canary@db/app?sslmod=require",
	"postgres://joe:canary@db/app?sslrootcert=/nonexistent",
	"postgres://joe:canary@db/app?password=canary&connect_timeout=x",
	"postgres://joe:canary@db/app?target_session_attrs=x",
	"postgres://joe:canary@db,db2:1,db3/app?port=1,2",
	"postgres://joe:canary@db/app?hostaddr=1,2",
	"postgres://joe:canary@db/app?service=none",
	"postgres://joe:canary@db/app?oauth_client_secret=canary",
	"postgres://joe:canary@db/app?scram_client_key=canary",
	"postgres://joe:canary@db/app?default_query_exec_mode=x",
	"postgres://joe:canary@db/app?require_auth=x",
	"postgres://joe:canary@db/app?min_protocol_version=3.2&max_protocol_version=3.0",
	"host=db password=canary port=x",
	"host=db password='canary",
	"host=db password = canary keepalives=x",
	"host=db password=can canary",
	"host=db sslpassword=canary sslmode=x",
	"host=db sslkey='-----BEGIN PRIVATE KEY-----\ncanary' sslcert=x",
	"jdbc:postgresql://joe:canary@db/app",
	"postgres://joe:canary@[db/app",
}

func TestNoErrorOfParseConfigShowsThePassword(t *testing.T) {
	withoutEnvironment(t)
	for _, connString := range misplaced {
		t.Run(connString, func(t *testing.T) {
			_, err := pgadapt.ParseConfig(connString)
			require.Error(t, err)
			requireSilent(t, err)
		})
	}
}

// requireSilent looks for the canary in an error and in everything that it wraps.
func requireSilent(t testing.TB, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		require.NotContains(t, fmt.Sprintf(verb, err), canary, verb)
	}
	require.NotContains(t, logged(err), canary)
	var parseErr *pgconn.ParseConfigError
	require.False(t, errors.As(err, &parseErr), "it holds the connection string")
	switch wrapper := err.(type) {
	case interface{ Unwrap() error }:
		requireSilent(t, wrapper.Unwrap())
	case interface{ Unwrap() []error }:
		for _, wrapped := range wrapper.Unwrap() {
			requireSilent(t, wrapped)
		}
	}
}

func TestNoErrorOfConnectShowsThePassword(t *testing.T) {
	hba := pgtest.ServerFile(t, "pg_hba.conf", "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
	server := pgtest.New(t, pgtest.Options{Settings: map[string]string{"hba_file": hba}})
	at := fmt.Sprintf("@%s:%s/", server.Host(), server.Port())
	for name, connString := range map[string]string{
		"wrong password":      "postgres://joe:canary" + at + "postgres?sslmode=disable",
		"no such database":    "postgres://postgres:canary" + at + "nowhere?sslmode=disable",
		"TLS refused":         "postgres://joe:canary" + at + "postgres?sslmode=require",
		"nobody listens":      "postgres://joe:canary@127.0.0.1:1/postgres",
		"no such host":        "postgres://joe:canary@nowhere.invalid/postgres",
		"no such socket":      "postgres:///postgres?host=/nonexistent&user=joe&password=canary",
		"bad parameter":       "postgres://postgres:canary" + at + "postgres?sslmode=disable&no_such_parameter=canary",
		"authentication":      "postgres://postgres:canary" + at + "postgres?sslmode=disable&require_auth=md5",
		"channel binding":     "postgres://joe:canary" + at + "postgres?sslmode=disable&channel_binding=require",
		"wrong kind":          "postgres://postgres:canary" + at + "postgres?sslmode=disable&target_session_attrs=standby",
		"several bad hosts":   "postgres://joe:canary@127.0.0.1:1,nowhere.invalid/postgres?connect_timeout=2",
		"certificate of none": "postgres://joe:canary" + at + "postgres?sslmode=verify-full",
	} {
		t.Run(name, func(t *testing.T) {
			withoutEnvironment(t)
			db := sql.OpenDB(pgadapt.NewConnector(parse(t, connString)))
			defer db.Close()
			err := db.Ping()
			require.Error(t, err)
			requireSilent(t, err)
			var connectErr *pgconn.ConnectError
			require.ErrorAs(t, err, &connectErr)
			require.NotContains(t, connectErr.Error(), canary)
		})
	}
}

func FuzzParseConfig(f *testing.F) {
	for _, connString := range misplaced {
		f.Add(connString)
	}
	for keyword, value := range usableValues() {
		f.Add(keyword + "='" + value + "'")
	}
	f.Add("postgres://joe:canary@db1,[::1]:5433/app?sslmode=verify-full&load_balance_hosts=random")
	withoutEnvironment(f)
	f.Fuzz(func(t *testing.T, connString string) {
		_, _ = pgadapt.ParseConfig(connString)
		if strings.Contains(connString, canary) {
			return
		}
		config, err := pgadapt.ParseConfig("password=" + canary + " " + connString)
		if err != nil {
			require.NotContains(t, err.Error(), canary)
			return
		}
		if config.Password == canary {
			require.NotContains(t, fmt.Sprintf("%+v %v", config, config.Params()), canary)
			require.NotContains(t, config.Params().String(), canary)
			again, err := pgadapt.ParseConfig(config.Params().String())
			require.NoError(t, err)
			require.Equal(t, config.Host, again.Host)
			require.Equal(t, config.Port, again.Port)
			require.Equal(t, config.RuntimeParams, again.RuntimeParams)
		}
	})
}

func ExampleNewConnector_token() {
	config, err := pgadapt.ParseConfig(pgtest.ExampleDSN())
	if err != nil {
		fmt.Println(err)
		return
	}
	freshToken := func(context.Context) (string, error) { return "a token that is good for 15 minutes", nil }
	config.BeforeConnect = func(ctx context.Context, settings *pgconn.Config) (err error) {
		settings.Password, err = freshToken(ctx)
		return err
	}
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()
	db.SetConnMaxLifetime(time.Hour)

	fmt.Println(db.Ping())
	// Output: <nil>
}
