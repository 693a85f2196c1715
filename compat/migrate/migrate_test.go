package migrate_test

import (
	"database/sql"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database"
	"github.com/golang-migrate/migrate/v4/database/pgx/v5"
	"github.com/golang-migrate/migrate/v4/database/postgres"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/stretchr/testify/require"

	_ "github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// files are migrations with several statements each.
var files = fstest.MapFS{
	"1_tables.up.sql":     {Data: []byte("create table item (id int primary key); create table log (what text); insert into item values (1);")},
	"1_tables.down.sql":   {Data: []byte("drop table log; drop table item;")},
	"2_function.up.sql":   {Data: []byte("create function one() returns int language sql as $$ select 1 $$; insert into item values (2);")},
	"2_function.down.sql": {Data: []byte("delete from item where id = 2; drop function one;")},
}

// instances are migrate's own drivers, over a pool that is given.
var instances = map[string]func(*sql.DB) (database.Driver, error){
	"postgres": func(db *sql.DB) (database.Driver, error) { return postgres.WithInstance(db, &postgres.Config{}) },
	"pgx5":     func(db *sql.DB) (database.Driver, error) { return pgx.WithInstance(db, &pgx.Config{}) },
	"pgx5, statement by statement": func(db *sql.DB) (database.Driver, error) {
		return pgx.WithInstance(db, &pgx.Config{MultiStatementEnabled: true})
	},
}

// eachInstance runs test in a schema of its own; db sees it, too.
func eachInstance(t *testing.T, files fstest.MapFS, test func(t *testing.T, db *sql.DB, migrations *migrate.Migrate)) {
	t.Helper()
	for name, newInstance := range instances {
		t.Run(name, func(t *testing.T) {
			db, pool := open(t), open(t)
			_, err := db.Exec("create schema migrated")
			require.NoError(t, err)
			instance, err := newInstance(pool)
			require.NoError(t, err)
			source, err := iofs.New(files, ".")
			require.NoError(t, err)
			migrations, err := migrate.NewWithInstance("iofs", source, name, instance)
			require.NoError(t, err)
			defer func() {
				_, err := db.Exec("drop schema migrated cascade")
				require.NoError(t, err)
				sourceErr, databaseErr := migrations.Close()
				require.NoError(t, sourceErr)
				require.NoError(t, databaseErr)
			}()
			test(t, db, migrations)
		})
	}
}

func open(t *testing.T) *sql.DB {
	t.Helper()
	params, err := dsn.Make(pgtest.DSN(t), "search_path", "migrated")
	require.NoError(t, err)
	db, err := sql.Open("pgadapt", params.String())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestUpAndDown(t *testing.T) {
	eachInstance(t, files, func(t *testing.T, db *sql.DB, migrations *migrate.Migrate) {
		_, _, err := migrations.Version()
		require.ErrorIs(t, err, migrate.ErrNilVersion)
		require.NoError(t, migrations.Up())
		require.ErrorIs(t, migrations.Up(), migrate.ErrNoChange)
		version, dirty, err := migrations.Version()
		require.NoError(t, err)
		require.EqualValues(t, 2, version)
		require.False(t, dirty)
		var items int
		require.NoError(t, db.QueryRow("select count(*) from item").Scan(&items))
		require.Equal(t, 2, items)

		require.NoError(t, migrations.Steps(-1))
		require.NoError(t, db.QueryRow("select count(*) from item").Scan(&items))
		require.Equal(t, 1, items)
		require.NoError(t, migrations.Down())
		require.NoError(t, migrations.Up())
		require.NoError(t, migrations.Drop())
		var tables int
		require.NoError(t, db.QueryRow("select count(*) from pg_tables where schemaname = current_schema").Scan(&tables))
		require.Zero(t, tables)
	})
}

func TestMigrationThatFails(t *testing.T) {
	files := fstest.MapFS{"1_wrong.up.sql": {Data: []byte("create table item (\n  id nonsense\n);")}}
	eachInstance(t, files, func(t *testing.T, db *sql.DB, migrations *migrate.Migrate) {
		err := migrations.Up()
		require.ErrorContains(t, err, `type "nonsense" does not exist`)
		version, dirty, err := migrations.Version()
		require.NoError(t, err)
		require.EqualValues(t, 1, version)
		require.True(t, dirty)
		require.NoError(t, migrations.Force(0))
	})
}

// TestLock says that the advisory lock of one keeps another one out.
func TestLock(t *testing.T) {
	eachInstance(t, files, func(t *testing.T, db *sql.DB, migrations *migrate.Migrate) {
		var key string
		require.NoError(t, db.QueryRow("select current_database()").Scan(&key))
		lock, err := database.GenerateAdvisoryLockId(key, "migrated", "schema_migrations")
		require.NoError(t, err)
		conn, err := db.Conn(t.Context())
		require.NoError(t, err)
		defer conn.Close()
		_, err = conn.ExecContext(t.Context(), "select pg_advisory_lock($1)", lock)
		require.NoError(t, err)
		done := make(chan error, 1)
		go func() { done <- migrations.Up() }()
		require.Eventually(t, func() bool {
			var waiting bool
			err := db.QueryRow("select exists (select from pg_locks where locktype = 'advisory' and not granted)").Scan(&waiting)
			return err == nil && waiting
		}, time.Minute, 10*time.Millisecond)
		_, err = conn.ExecContext(t.Context(), "select pg_advisory_unlock($1)", lock)
		require.NoError(t, err)
		require.NoError(t, <-done)
	})
}
