package main

// suite is the test suite of a library.
type suite struct {
	name string
	// module and version are what the Go module proxy has.
	module, version string
	// packages are those whose tests use a server, in the words of go test.
	packages []string
	// variables of the environment and arguments of the test program, in which $DSN is the server's URI.
	variables, arguments []string
	// skip has the tests that are for other databases, as a regexp in the words of go test.
	skip string
	// edits of files, of which none concerns the driver.
	edits []edit
	// missing are modules that the proxy does not have and the tests on PostgreSQL do not use.
	missing []string
}

// edit replaces a text in a file of the module.
type edit struct{ file, old, new string }

var suites = []suite{
	{
		name: "sqlx", module: "github.com/jmoiron/sqlx", version: "v1.4.0",
		packages:  []string{"."},
		variables: []string{"SQLX_POSTGRES_DSN=$DSN", "SQLX_MYSQL_DSN=skip", "SQLX_SQLITE_DSN=skip"},
	},
	{
		name: "gorp", module: "github.com/go-gorp/gorp/v3", version: "v3.1.0",
		packages:  []string{"."},
		variables: []string{"GORP_TEST_DSN=$DSN", "GORP_TEST_DIALECT=postgres"},
		skip:      "^TestSnowflakeDialect$",
	},
	{
		name: "goqu", module: "github.com/doug-martin/goqu/v9", version: "v9.19.0",
		packages:  []string{".", "./dialect/postgres"},
		variables: []string{"PG_URI=$DSN"},
	},
	{
		name: "dbr", module: "github.com/gocraft/dbr/v2", version: "v2.7.6",
		packages:  []string{"."},
		variables: []string{"DBR_TEST_POSTGRES_DSN=$DSN"},
		edits: []edit{{
			file: "dbr_test.go",
			old:  "testSession = []*Session{mysqlSession, postgresSession, sqlite3Session, mssqlSession}",
			new:  "testSession = []*Session{postgresSession}",
		}, {
			file: "dbr_test.go",
			old:  "testSession := []*Session{mysqlSession, postgresSession, sqlite3Session}",
			new:  "testSession := []*Session{postgresSession}; _, _ = mysqlSession, sqlite3Session",
		}},
	},
	{
		name: "xorm", module: "xorm.io/xorm", version: "v1.4.3",
		packages:  []string{"./tests"},
		arguments: []string{"-db=postgres", "-conn_str=$DSN", "-show_sql=false"},
		missing:   []string{"gitee.com/travelliu/dm"},
	},
}
