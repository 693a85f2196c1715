package pgadapt_test

import (
	"crypto/tls"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// withoutEnvironment hides libpq's variables and the home directory from a test.
func withoutEnvironment(t testing.TB) (home string) {
	t.Helper()
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "PG") && !strings.HasPrefix(name, "PGADAPT_") {
			require.NoError(t, os.Unsetenv(name))
			t.Cleanup(func() { os.Setenv(name, value) })
		}
	}
	home = t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("APPDATA", home)
	return home
}

func parse(t testing.TB, connString string) *pgadapt.Config {
	t.Helper()
	config, err := pgadapt.ParseConfig(connString)
	require.NoError(t, err)
	return config
}

func writeFile(t testing.TB, folder, name, content string) (path string) {
	t.Helper()
	path = filepath.Join(folder, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// usableValues has for each keyword a value that ParseConfig accepts without a file, a server or other keywords.
func usableValues() map[string]string {
	return map[string]string{
		"host": "db", "hostaddr": "192.0.2.1", "port": "6000", "dbname": "app", "user": "joe", "password": "secret",
		"passfile": "/nonexistent", "require_auth": "scram-sha-256", "channel_binding": "require", "connect_timeout": "7",
		"client_encoding": "utf-8", "options": "-c geqo=off", "application_name": "test",
		"fallback_application_name": "fallback", "keepalives": "0", "keepalives_idle": "1", "keepalives_interval": "2",
		"keepalives_count": "3", "replication": "database", "sslmode": "require", "sslnegotiation": "direct",
		"sslkeylogfile": "/nonexistent/keys", "sslpassword": "secret", "sslcertmode": "disable", "sslrootcert": "system",
		"sslsni": "0", "ssl_min_protocol_version": "TLSv1.3", "ssl_max_protocol_version": "tlsv1.2",
		"min_protocol_version": "3.2", "max_protocol_version": "3.2", "krbsrvname": "postgres", "krbspn": "postgres/db",
		"target_session_attrs": "primary", "load_balance_hosts": "random", "servicefile": "/nonexistent",
		"default_query_exec_mode": "exec", "paramstyle": "qmark", "statement_cache_capacity": "1", "description_cache_capacity": "1",
		"max_buffered_bytes": "1MB", "cancel_timeout": "1s", "lazy_begin": "true", "binary_parameters": "yes",
		"disable_prepared_binary_result": "no",
		"max_message_bytes":              "16MB", "early_close": "cancel",
	}
}

// needFiles are tested elsewhere: they name files that must be there, or need another keyword.
var needFiles = []string{"sslcert", "sslkey", "service", "negative_infinity", "positive_infinity"}

func TestEveryKeywordIsHonouredOrRefused(t *testing.T) {
	withoutEnvironment(t)
	values := usableValues()
	if runtime.GOOS == "linux" {
		values["tcp_user_timeout"], values["requirepeer"] = "1000", "postgres"
	}
	travelling := []string{"application_name", "client_encoding", "options", "replication"}
	for _, keyword := range dsn.Keywords() {
		t.Run(keyword.Name, func(t *testing.T) {
			if keyword.Support == dsn.SupportRefused {
				refused := "anything"
				if choices := keyword.Choices(); choices != nil {
					refused = choices[len(choices)-1]
				}
				_, err := pgadapt.ParseConfig(keyword.Name + "=" + refused)
				require.ErrorContains(t, err, keyword.Name)
				require.ErrorContains(t, err, "not supported")
				return
			}
			value, found := values[keyword.Name]
			if !found {
				require.Contains(t, append(needFiles, "tcp_user_timeout", "requirepeer"), keyword.Name)
				return
			}
			config := parse(t, keyword.Name+"='"+value+"'")
			for name := range config.RuntimeParams {
				_, known := dsn.Lookup(name)
				require.True(t, !known || keyword.Name == "fallback_application_name" || name == keyword.Name, name)
			}
			if !keyword.Secret {
				got, _ := config.Params().Get(keyword.Name)
				require.Equal(t, value, got)
			}
			_, travels := config.RuntimeParams[keyword.Name]
			require.Equal(t, slices.Contains(travelling, keyword.Name), travels)
		})
	}
}

func TestRefusedValuesOfTheEnvironment(t *testing.T) {
	for _, keyword := range dsn.Keywords() {
		if keyword.Support != dsn.SupportRefused || keyword.Environment == "" {
			continue
		}
		t.Run(keyword.Environment, func(t *testing.T) {
			withoutEnvironment(t)
			if choices := keyword.Choices(); choices != nil {
				t.Setenv(keyword.Environment, choices[0])
				parse(t, "")
				t.Setenv(keyword.Environment, choices[len(choices)-1])
			} else {
				t.Setenv(keyword.Environment, "anything")
			}
			_, err := pgadapt.ParseConfig("")
			require.ErrorContains(t, err, keyword.Environment)
		})
	}
}

func TestChoicesAreChecked(t *testing.T) {
	withoutEnvironment(t)
	for _, keyword := range dsn.Keywords() {
		if keyword.Choices() == nil {
			continue
		}
		t.Run(keyword.Name, func(t *testing.T) {
			_, err := pgadapt.ParseConfig(keyword.Name + "=perhaps")
			require.ErrorContains(t, err, keyword.Name)
			require.ErrorContains(t, err, `"perhaps"`)
			require.ErrorContains(t, err, strings.Join(keyword.Choices(), ", "))
			_, err = pgadapt.ParseConfig(keyword.Name + "=''")
			require.ErrorContains(t, err, `""`)
		})
	}
}

func TestParseConfigErrors(t *testing.T) {
	home := withoutEnvironment(t)
	services := writeFile(t, home, "services", "[loop]\nservice=other\n[typo]\nsslmod=require\n[both]\ndbname=a\ndatabase=b\n")
	broken := writeFile(t, home, "broken", "[a]\nnonsense\n")
	for name, test := range map[string]struct{ connString, want string }{
		"grammar":                        {"host", `missing "="`},
		"near miss":                      {"sslmod=require", `did you mean "sslmode"`},
		"near miss of pgadapt's":         {"stament_cache_capacity=1", `did you mean "statement_cache_capacity"`},
		"two databases":                  {"dbname=a database=b", "both dbname"},
		"port":                           {"port=many", "port: not a number"},
		"port 0":                         {"port=0", "port: not a number"},
		"ports":                          {"host=a,b,c port=1,2", "2 port numbers to 3 hosts"},
		"hostaddr count":                 {"host=a,b hostaddr=192.0.2.1", "2 hosts, but 1 addresses"},
		"hostaddr":                       {"hostaddr=localhost", "not an IP address"},
		"connect_timeout":                {"connect_timeout=soon", `connect_timeout: "soon" is not a whole number`},
		"keepalives":                     {"keepalives=yes", `"yes" is not a whole number`},
		"keepalives_idle":                {"keepalives_idle=x", "keepalives_idle"},
		"keepalives_interval":            {"keepalives_interval=x", "keepalives_interval"},
		"keepalives_count":               {"keepalives_count=99999999999", "keepalives_count"},
		"tcp_user_timeout":               {"tcp_user_timeout=x", "tcp_user_timeout"},
		"client_encoding":                {"client_encoding=LATIN1", "UTF-8"},
		"require_auth":                   {"require_auth=kerberos", "require_auth"},
		"TLS version":                    {"ssl_min_protocol_version=SSLv3", "none of TLSv1"},
		"TLS version range":              {"host=db ssl_max_protocol_version=TLSv1.1", "older than ssl_min_protocol_version"},
		"protocol version range":         {"min_protocol_version=3.2 max_protocol_version=3.0", "min_protocol_version"},
		"verify-ca without authority":    {"host=db sslmode=verify-ca", "needs sslrootcert"},
		"system with weak sslmode":       {"sslrootcert=system sslmode=require", "too weak"},
		"direct with weak sslmode":       {"sslnegotiation=direct sslmode=prefer", "too weak"},
		"root certificate missing":       {"host=db sslrootcert=/nonexistent", "/nonexistent"},
		"sslcert without sslkey":         {"host=db sslcert=/nonexistent", "sslkey"},
		"service missing":                {"service=x servicefile=" + services, `service "x"`},
		"no service file":                {"service=x", "pg_service.conf"},
		"named service file missing":     {"service=x servicefile=/nonexistent", "/nonexistent"},
		"service file broken":            {"service=a servicefile=" + broken, "line 2"},
		"service names a service":        {"service=loop servicefile=" + services, "another service"},
		"service with a near miss":       {"service=typo servicefile=" + services, `did you mean "sslmode"`},
		"service with two databases":     {"service=both servicefile=" + services, "both dbname"},
		"one infinity":                   {"negative_infinity=1000-01-01T00:00:00Z", "together"},
		"infinity that is the zero time": {"negative_infinity=0001-01-01T00:00:00Z", "zero time"},
		"infinities in the wrong order":  {"negative_infinity=2001-01-01T00:00:00Z positive_infinity=2000-01-01T00:00:00Z", "before"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pgadapt.ParseConfig(test.connString)
			require.ErrorContains(t, err, test.want)
			require.True(t, strings.HasPrefix(err.Error(), "pgadapt: "), err)
		})
	}
}

func TestDatabaseIsDbname(t *testing.T) {
	home := withoutEnvironment(t)
	services := writeFile(t, home, "services", "[app]\ndatabase=served\n")
	require.Equal(t, "app", parse(t, "database=app").Database)
	require.Equal(t, "app", parse(t, "postgres://h/?database=app").Database)
	require.Equal(t, "served", parse(t, "service=app servicefile="+services).Database)
}

func TestRankOfSettings(t *testing.T) {
	home := withoutEnvironment(t)
	t.Setenv("PGSERVICEFILE", writeFile(t, home, "services",
		"[app]\nhost=from_service\nuser=from_service\nkeepalives=0\nsearch_path=served\nclient_encoding=latin1\n"))
	t.Setenv("PGSERVICE", "app")
	t.Setenv("PGHOST", "from_environment")
	t.Setenv("PGDATABASE", "from_environment")
	t.Setenv("PGAPPNAME", "")

	config := parse(t, "host=from_dsn client_encoding=UTF8 fallback_application_name=fallback")

	require.Equal(t, "from_dsn", config.Host)
	require.Equal(t, "from_service", config.User)
	require.Equal(t, "from_environment", config.Database)
	require.Equal(t, map[string]string{"search_path": "served", "client_encoding": "UTF8", "application_name": "fallback"},
		config.RuntimeParams)

	_, err := pgadapt.ParseConfig("host=from_dsn")
	require.ErrorContains(t, err, `from the service "app"`)
}

func TestServiceFilesInTurn(t *testing.T) {
	home := withoutEnvironment(t)
	if runtime.GOOS == "windows" {
		t.Skip("the home directory is %APPDATA%\\postgresql there")
	}
	t.Setenv("PGSYSCONFDIR", filepath.Join(home, "system"))
	writeFile(t, home, "system/pg_service.conf", "[app]\nhost=system\n[other]\nhost=other\n")
	require.Equal(t, "system", parse(t, "service=app").Host)

	writeFile(t, home, ".pg_service.conf", "[app]\nhost=mine\n")
	require.Equal(t, "mine", parse(t, "service=app").Host)
	require.Equal(t, "other", parse(t, "service=other").Host)
}

func TestEnvironment(t *testing.T) {
	for name, test := range map[string]struct {
		variables map[string]string
		check     func(t *testing.T, config *pgadapt.Config)
	}{
		"PGREQUIRESSL": {map[string]string{"PGREQUIRESSL": "1", "PGHOST": "h"}, func(t *testing.T, config *pgadapt.Config) {
			require.NotNil(t, config.TLSConfig)
			require.Empty(t, config.Fallbacks)
		}},
		"PGSSLMODE is stronger": {map[string]string{"PGREQUIRESSL": "1", "PGSSLMODE": "disable", "PGHOST": "h"},
			func(t *testing.T, config *pgadapt.Config) { require.Nil(t, config.TLSConfig) }},
		"PGTZ and PGGEQO": {map[string]string{"PGTZ": "Asia/Tokyo", "PGGEQO": "off"}, func(t *testing.T, config *pgadapt.Config) {
			require.Equal(t, map[string]string{"timezone": "Asia/Tokyo", "geqo": "off"}, config.RuntimeParams)
		}},
		"PGCONNECT_TIMEOUT": {map[string]string{"PGCONNECT_TIMEOUT": "3"}, func(t *testing.T, config *pgadapt.Config) {
			require.Equal(t, 3*time.Second, config.ConnectTimeout)
		}},
		"negative PGCONNECT_TIMEOUT": {map[string]string{"PGCONNECT_TIMEOUT": "-1"}, func(t *testing.T, config *pgadapt.Config) {
			require.Zero(t, config.ConnectTimeout)
		}},
		"PGSSLMINPROTOCOLVERSION": {map[string]string{"PGSSLMINPROTOCOLVERSION": "TLSv1.3", "PGHOST": "h"},
			func(t *testing.T, config *pgadapt.Config) {
				require.EqualValues(t, tls.VersionTLS13, config.TLSConfig.MinVersion)
			}},
		"PGHOSTADDR": {map[string]string{"PGHOSTADDR": "192.0.2.1"}, func(t *testing.T, config *pgadapt.Config) {
			require.Equal(t, "192.0.2.1", config.Host)
		}},
		"an empty PGSSLCERTMODE": {map[string]string{"PGSSLCERTMODE": ""}, func(t *testing.T, config *pgadapt.Config) {
			require.Equal(t, "allow", config.SSLCertMode)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			withoutEnvironment(t)
			for variable, value := range test.variables {
				t.Setenv(variable, value)
			}
			test.check(t, parse(t, ""))
		})
	}
}

func TestRunTimeParametersDoNotDependOnCase(t *testing.T) {
	withoutEnvironment(t)
	t.Setenv("PGTZ", "Asia/Tokyo")
	config := parse(t, "TimeZone=UTC search_path=a Search_Path=b my.parameter=c replication='' options=''")
	require.Equal(t, map[string]string{"TimeZone": "UTC", "Search_Path": "b", "my.parameter": "c"}, config.RuntimeParams)
}

func TestLargeConnectionStrings(t *testing.T) {
	withoutEnvironment(t)
	var parameters, hosts strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&parameters, "my.parameter_%d=%d ", i, i)
		fmt.Fprintf(&hosts, ",host%d", i)
	}
	config := parse(t, parameters.String())
	require.Len(t, config.RuntimeParams, 20_000)
	require.Greater(t, config.Params().Len(), 20_000)
	require.Len(t, parse(t, "sslmode=require host="+hosts.String()[1:]).Fallbacks, 19_999)

	_, err := pgadapt.ParseConfig("port=" + strings.Repeat("9", 1<<20))
	require.ErrorContains(t, err, "port")
	require.Less(t, len(err.Error()), 1000)
}

func TestConnectByTheEnvironmentAlone(t *testing.T) {
	server := pgtest.Shared(t)
	home := withoutEnvironment(t)
	t.Setenv("PGSERVICEFILE", writeFile(t, home, "services",
		fmt.Sprintf("[test]\nhost=%s\nport=%s\nsslmode=disable\nsearch_path=served\n", server.Host(), server.Port())))
	t.Setenv("PGSERVICE", "test")
	t.Setenv("PGUSER", "postgres")
	t.Setenv("PGDATABASE", "postgres")
	t.Setenv("PGAPPNAME", "by environment")
	if server.Host() != "127.0.0.1" {
		t.Skip("needs a server that pgtest has started on this machine")
	}
	db, err := sql.Open("pgadapt", "")
	require.NoError(t, err)
	defer db.Close()
	var path, name string
	require.NoError(t, db.QueryRow("select current_setting('search_path'), current_setting('application_name')").Scan(&path, &name))
	require.Equal(t, "served", path)
	require.Equal(t, "by environment", name)
}

func TestReplicationSession(t *testing.T) {
	db := open(t, "replication", "database", "default_query_exec_mode", "simple_protocol")
	var system, timeline, position, database string
	require.NoError(t, db.QueryRow("IDENTIFY_SYSTEM").Scan(&system, &timeline, &position, &database))
	require.NotEmpty(t, system)
}

func TestRevocationListOfTheUser(t *testing.T) {
	home := withoutEnvironment(t)
	name := ".postgresql/root.crl"
	if runtime.GOOS == "windows" {
		name = "postgresql/root.crl"
	}
	writeFile(t, home, name, "")
	parse(t, "host=db sslmode=require")
	_, err := pgadapt.ParseConfig("host=db sslmode=verify-full")
	require.ErrorContains(t, err, "root.crl")
	parse(t, "host=db sslmode=verify-full sslcrl=''")
}

func TestParams(t *testing.T) {
	withoutEnvironment(t)
	t.Setenv("PGAPPNAME", "environment")
	config := parse(t, "postgres://joe:canary@db1,db2:5433/?search_path=app&connect_timeout=3")

	got := config.Params()

	for keyword, want := range map[string]string{
		"user": "joe", "host": "db1,db2", "port": "5432,5433", "dbname": "joe", "application_name": "environment",
		"search_path": "app", "connect_timeout": "3", "sslmode": "prefer", "target_session_attrs": "any",
		"default_query_exec_mode": "cache_statement",
	} {
		value, _ := got.Get(keyword)
		require.Equal(t, want, value, keyword)
	}
	require.NotContains(t, got.String(), "canary")
	again := parse(t, got.String())
	require.True(t, got.Equal(again.Params()), "%v\n%v", got, again.Params())

	config.Host, config.User, config.Fallbacks = "elsewhere", "ann", nil
	host, _ := config.Params().Get("host")
	require.Equal(t, "elsewhere", host)
	require.Zero(t, pgadapt.Config{}.Params().Len())
}

func ExampleParseConfig() {
	config, err := pgadapt.ParseConfig("postgres://joe:secret@db1,db2:5433/app?sslmode=require&search_path=app&cancel_timeout=2s")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(config)
	fmt.Println(config.RuntimeParams["search_path"], config.CancelTimeout)

	_, err = pgadapt.ParseConfig("host=db1 sslmod=require")
	fmt.Println(err)
	// Output:
	// pgadapt.Config{user=joe host=db1,db2 port=5432,5433 dbname=app}
	// app 2s
	// pgadapt: unknown DSN parameter "sslmod": did you mean "sslmode"?
}
