package gorm_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// eachWayToOpen runs test on a database opened by each of the ways that gorm has for a driver that is not its own. The
// tables are new each time.
func eachWayToOpen(t *testing.T, test func(t *testing.T, db *gorm.DB)) {
	t.Helper()
	config, err := pgadapt.ParseConfig(pgtest.DSN(t))
	require.NoError(t, err)
	pool := sql.OpenDB(pgadapt.NewConnector(config))
	t.Cleanup(func() { require.NoError(t, pool.Close()) })
	for _, way := range []struct {
		name     string
		config   postgres.Config
		prepared bool
	}{
		{"DriverName", postgres.Config{DriverName: pgadapt.DriverName, DSN: pgtest.DSN(t)}, false},
		{"Conn", postgres.Config{Conn: pool}, false},
		{"PrepareStmt", postgres.Config{Conn: pool}, true},
	} {
		t.Run(way.name, func(t *testing.T) { test(t, open(t, way.config, way.prepared)) })
	}
}

func open(t *testing.T, config postgres.Config, prepared bool) *gorm.DB {
	t.Helper()
	db, err := gorm.Open(postgres.New(config), &gorm.Config{
		TranslateError: true,
		PrepareStmt:    prepared,
		Logger:         logger.Default.LogMode(logger.Silent),
	})
	require.NoError(t, err)
	require.NoError(t, db.AutoMigrate(&Author{}, &Book{}, &Tag{}))
	t.Cleanup(func() {
		require.NoError(t, db.Migrator().DropTable("book_tags", &Book{}, &Tag{}, &Author{}))
		if config.Conn != nil {
			return
		}
		pool, err := db.DB()
		require.NoError(t, err)
		require.NoError(t, pool.Close())
	})
	return db
}
