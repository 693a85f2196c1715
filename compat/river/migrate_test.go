package river_test

import (
	"testing"

	"github.com/riverqueue/river/rivermigrate"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/compat/internal/ownschema"
)

func TestMigrationsUpAndDown(t *testing.T) {
	db := ownschema.Open(t, "river_migrations")
	migrator := newMigrator(t, db)
	tables := func() (count int) {
		require.NoError(t, db.QueryRow("select count(*) from pg_tables where schemaname = 'river_migrations'").Scan(&count))
		return count
	}

	up, err := migrator.Migrate(t.Context(), rivermigrate.DirectionUp, nil)
	require.NoError(t, err)
	require.Len(t, up.Versions, len(migrator.AllVersions()))
	valid, err := migrator.Validate(t.Context(), nil)
	require.NoError(t, err)
	require.True(t, valid.OK, valid.Messages)
	require.Positive(t, tables())

	again, err := migrator.Migrate(t.Context(), rivermigrate.DirectionUp, nil)
	require.NoError(t, err)
	require.Empty(t, again.Versions)

	one, err := migrator.Migrate(t.Context(), rivermigrate.DirectionDown, nil)
	require.NoError(t, err)
	require.Len(t, one.Versions, 1)

	all, err := migrator.Migrate(t.Context(), rivermigrate.DirectionDown, &rivermigrate.MigrateOpts{TargetVersion: -1})
	require.NoError(t, err)
	require.Len(t, all.Versions, len(up.Versions)-1)
	require.Zero(t, tables())
}
