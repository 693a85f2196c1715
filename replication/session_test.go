package replication_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/pgerr"
	"github.com/pgadapt/pgadapt/replication"
)

func sharedConfig(t *testing.T) *pgadapt.Config {
	t.Helper()
	config, err := pgadapt.ParseConfig(pgtest.DSN(t))
	require.NoError(t, err)
	return config
}

func TestIdentifySystem(t *testing.T) {
	config := sharedConfig(t)
	for mode, database := range map[replication.Mode]string{replication.Logical: config.Database, replication.Physical: ""} {
		t.Run(string(mode), func(t *testing.T) {
			system, err := connect(t, config, mode).IdentifySystem(t.Context())
			require.NoError(t, err)
			require.Regexp(t, `^\d+$`, system.ID)
			require.NotZero(t, system.Timeline)
			require.NotZero(t, system.FlushLSN)
			require.Equal(t, database, system.Database)
		})
	}
}

func TestShow(t *testing.T) {
	for _, mode := range []replication.Mode{replication.Logical, replication.Physical} {
		session := connect(t, sharedConfig(t), mode)
		level, err := session.Show(t.Context(), "wal_level")
		require.NoError(t, err)
		require.Equal(t, "logical", level)
		_, err = session.Show(t.Context(), "there is none")
		require.ErrorIs(t, err, pgerr.UndefinedObject)
		_, err = session.Show(t.Context(), "a\x00b")
		require.ErrorContains(t, err, "zero byte")
		require.NotEmpty(t, session.ServerVersion())
	}
}

func TestTimelineHistoryOfTheFirstTimeline(t *testing.T) {
	_, err := connect(t, sharedConfig(t), replication.Physical).TimelineHistory(t.Context(), 1)
	require.ErrorIs(t, err, pgerr.UndefinedFile)
	var server *pgadapt.Error
	require.ErrorAs(t, err, &server)
}

func TestConnectUsesTheConfig(t *testing.T) {
	config := sharedConfig(t)
	called := 0
	config.BeforeConnect = func(_ context.Context, settings *pgconn.Config) error {
		called++
		settings.RuntimeParams["TimeZone"] = "Asia/Tokyo"
		return nil
	}
	config.AfterConnect = func(context.Context, *pgconn.PgConn) error { return errors.New("not for replication") }
	config.RuntimeParams["DateStyle"] = "SQL, DMY"
	session := connect(t, config, replication.Logical)
	for name, want := range map[string]string{
		"TimeZone": "Asia/Tokyo", "DateStyle": "SQL, DMY", "IntervalStyle": "postgres", "extra_float_digits": "3",
	} {
		value, err := session.Show(t.Context(), name)
		require.NoError(t, err)
		require.Equal(t, want, value, name)
	}
	require.Equal(t, 1, called)
	require.NotContains(t, config.RuntimeParams, "replication", "the program's own Config stays as it is")
}

func TestConnectTriesEachHost(t *testing.T) {
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, dead.Close())
	server := pgtest.Shared(t)
	config, err := pgadapt.ParseConfig(fmt.Sprintf("postgres://postgres@%s,%s/postgres?sslmode=disable&application_name=%s",
		dead.Addr(), net.JoinHostPort(server.Host(), server.Port()), sharedConfig(t).RuntimeParams["application_name"]))
	require.NoError(t, err)
	system, err := connect(t, config, replication.Logical).IdentifySystem(t.Context())
	require.NoError(t, err)
	require.Equal(t, "postgres", system.Database)
}

func TestConnectFails(t *testing.T) {
	_, err := replication.Connect(t.Context(), sharedConfig(t), "yes")
	require.ErrorContains(t, err, "replication.Logical")
	_, err = replication.Connect(t.Context(), &pgadapt.Config{}, replication.Logical)
	require.ErrorContains(t, err, "ParseConfig")
	config := sharedConfig(t)
	config.Database = "there_is_none"
	_, err = replication.Connect(t.Context(), config, replication.Logical)
	require.ErrorIs(t, err, pgerr.InvalidCatalogName)
}

func TestTargetSessionAttrs(t *testing.T) {
	for _, test := range []struct{ wanted, refusal string }{
		{"any", ""}, {"primary", ""}, {"read-write", ""}, {"standby", "server is not in hot standby mode"},
		{"read-only", "not read only"}, {"prefer-standby", "not for physical replication"},
	} {
		for _, mode := range []replication.Mode{replication.Physical, replication.Logical} {
			t.Run(test.wanted+" "+string(mode), func(t *testing.T) {
				config, err := pgadapt.ParseConfig(pgtest.DSN(t) + "&target_session_attrs=" + test.wanted)
				require.NoError(t, err)
				session, err := replication.Connect(t.Context(), config, mode)
				if test.refusal == "" || test.wanted == "prefer-standby" && mode == replication.Logical {
					require.NoError(t, err)
					require.NoError(t, session.Close())
					return
				}
				require.ErrorContains(t, err, test.refusal)
			})
		}
	}
}
