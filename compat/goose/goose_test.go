package goose_test

import (
	"context"
	"database/sql"
	"io/fs"
	"os"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/stretchr/testify/require"

	_ "github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/compat/internal/ownschema"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/pgerr"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func migrations() fs.FS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"00001_tables.sql": file(`-- +goose Up
create table item (id int primary key, name text); create table log (what text);
insert into item values (1, 'it''s; here');
-- +goose Down
drop table log; drop table item;`),
		"00002_function.sql": file(`-- +goose Up
-- +goose StatementBegin
create function note() returns trigger language plpgsql as $$
begin
	insert into log values (new.name);
	return new;
end $$;
-- +goose StatementEnd
create trigger note after insert on item for each row execute function note();
-- +goose Down
drop trigger note on item;
drop function note;`),
		"00003_index.sql": file(`-- +goose NO TRANSACTION
-- +goose Up
create index concurrently item_name on item (name);
-- +goose Down
drop index concurrently item_name;`),
	}
}

// addRow is a migration written in Go.
var addRow = goose.NewGoMigration(4,
	&goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "insert into item values ($1, $2)", 2, "from Go")
		return err
	}},
	&goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "delete from item where id = $1", 2)
		return err
	}})

func TestUpAndDown(t *testing.T) {
	db := ownschema.Open(t, "goose_up_and_down")
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations(), goose.WithGoMigrations(addRow))
	require.NoError(t, err)

	results, err := provider.Up(t.Context())
	require.NoError(t, err)
	require.Len(t, results, 4)
	version, err := provider.GetDBVersion(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 4, version)
	var logged string
	require.NoError(t, db.QueryRow("select what from log").Scan(&logged))
	require.Equal(t, "from Go", logged)

	results, err = provider.DownTo(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, results, 4)
	var tables int
	require.NoError(t, db.QueryRow("select count(*) from pg_tables where schemaname = current_schema").Scan(&tables))
	require.Equal(t, 1, tables, "goose's own")
	status, err := provider.Status(t.Context())
	require.NoError(t, err)
	for _, migration := range status {
		require.Equal(t, goose.StatePending, migration.State)
	}
}

func TestMigrationThatFails(t *testing.T) {
	db := ownschema.Open(t, "goose_failing")
	provider, err := goose.NewProvider(goose.DialectPostgres, db, fstest.MapFS{
		"00001_twice.sql": {Data: []byte("-- +goose Up\ncreate table item (id int primary key);\ninsert into item values (1), (1);")},
	})
	require.NoError(t, err)
	_, err = provider.Up(t.Context())
	require.ErrorIs(t, err, pgerr.UniqueViolation)
	version, err := provider.GetDBVersion(t.Context())
	require.NoError(t, err)
	require.Zero(t, version, "rolled back as a whole")
}

// TestSessionLock lets two programs migrate at the same time; an advisory lock lets one wait for the other.
func TestSessionLock(t *testing.T) {
	db := ownschema.Open(t, "goose_locked")
	errs, applied := make([]error, 2), make([]int, 2)
	var group sync.WaitGroup
	for i := range errs {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60), lock.WithUnlockTimeout(1, 60))
		require.NoError(t, err)
		provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations(),
			goose.WithSessionLocker(locker), goose.WithExcludeVersions([]int64{3}))
		require.NoError(t, err)
		group.Go(func() {
			var results []*goose.MigrationResult
			results, errs[i] = provider.Up(t.Context())
			applied[i] = len(results)
		})
	}
	group.Wait()
	require.NoError(t, errs[0])
	require.NoError(t, errs[1])
	require.Equal(t, 2, applied[0]+applied[1])
}

// TestGlobalFunctions uses the older functions of the package, whose dialect is a name.
func TestGlobalFunctions(t *testing.T) {
	db := ownschema.Open(t, "goose_global")
	goose.SetBaseFS(migrations())
	defer goose.SetBaseFS(nil)
	goose.SetLogger(goose.NopLogger())
	require.NoError(t, goose.SetDialect("postgres"))
	require.NoError(t, goose.UpContext(t.Context(), db, "."))
	require.NoError(t, goose.ResetContext(t.Context(), db, "."))
	version, err := goose.GetDBVersionContext(t.Context(), db)
	require.NoError(t, err)
	require.Zero(t, version)
}
