package xorm_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"xorm.io/xorm"
	"xorm.io/xorm/core"

	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/pgerr"
	_ "github.com/pgadapt/pgadapt/postgres"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// Author is a table with the types that xorm knows.
type Author struct {
	ID       int64  `xorm:"pk autoincr 'id'"`
	Name     string `xorm:"varchar(100) notnull"`
	Email    string `xorm:"unique"`
	Age      int16  `xorm:"index"`
	Price    string `xorm:"numeric(10,2)"`
	Pen      *string
	Born     time.Time      `xorm:"date"`
	Settings map[string]any `xorm:"json"`
	Nicks    []string       `xorm:"json"`
	Photo    []byte
	Made     time.Time `xorm:"created"`
	Version  int       `xorm:"version"`
}

// Book belongs to an author.
type Book struct {
	ID       int64 `xorm:"pk autoincr 'id'"`
	Title    string
	AuthorID int64 `xorm:"'author_id'"`
}

// eachWayToOpen runs test on an engine that opens the driver by the name it knows, and on one that is given a pool.
func eachWayToOpen(t *testing.T, test func(t *testing.T, engine *xorm.Engine)) {
	t.Helper()
	params, err := dsn.Parse(pgtest.DSN(t))
	require.NoError(t, err)
	url := params.URL()
	for name, open := range map[string]func() (*xorm.Engine, error){
		"name postgres": func() (*xorm.Engine, error) { return xorm.NewEngine("postgres", url) },
		"name pgx":      func() (*xorm.Engine, error) { return xorm.NewEngine("pgx", url) },
		"pool": func() (*xorm.Engine, error) {
			db, err := sql.Open("pgadapt", url)
			require.NoError(t, err)
			return xorm.NewEngineWithDB("postgres", url, core.FromDB(db))
		},
	} {
		t.Run(name, func(t *testing.T) {
			engine, err := open()
			require.NoError(t, err)
			defer func() {
				require.NoError(t, engine.DropTables(new(Author), new(Book)))
				require.NoError(t, engine.Close())
			}()
			require.NoError(t, engine.Sync(new(Author), new(Book)))
			test(t, engine)
		})
	}
}

func ada() *Author {
	pen := "A.A.L."
	return &Author{
		Name: "Ada", Email: "ada@example.com", Age: 36, Price: "12.50", Pen: &pen,
		Born:     time.Date(1815, 12, 10, 0, 0, 0, 0, time.UTC),
		Settings: map[string]any{"dark": true}, Nicks: []string{"Countess"}, Photo: []byte{0, 1, 255},
	}
}

func TestCreateReadUpdateDelete(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, engine *xorm.Engine) {
		given := ada()
		count, err := engine.Insert(given)
		require.NoError(t, err)
		require.EqualValues(t, 1, count)
		require.NotZero(t, given.ID)

		var read Author
		found, err := engine.Where("email = ?", given.Email).Get(&read)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, given.Born.Format(time.DateOnly), read.Born.Format(time.DateOnly))
		require.WithinDuration(t, given.Made, read.Made, time.Second)
		read.Born, read.Made = given.Born, given.Made
		require.Equal(t, *given, read)

		read.Age = 37
		count, err = engine.ID(read.ID).Cols("age").Update(&read)
		require.NoError(t, err)
		require.EqualValues(t, 1, count)
		stale := *given
		count, err = engine.ID(given.ID).Cols("age").Update(&stale)
		require.NoError(t, err)
		require.Zero(t, count, "an older version")
		count, err = engine.ID(given.ID).Delete(new(Author))
		require.NoError(t, err)
		require.EqualValues(t, 1, count)
	})
}

func TestBulkAndJoin(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, engine *xorm.Engine) {
		author := ada()
		_, err := engine.Insert(author)
		require.NoError(t, err)
		books := make([]*Book, 300)
		for i := range books {
			books[i] = &Book{Title: fmt.Sprint("volume ", i), AuthorID: author.ID}
		}
		count, err := engine.Insert(&books)
		require.NoError(t, err)
		require.EqualValues(t, 300, count)
		var titles []string
		require.NoError(t, engine.Table("book").Join("INNER", "author", "author.id = book.author_id").
			Where("author.name = ?", "Ada").In("book.title", "volume 7", "volume 70").Asc("book.id").Cols("book.title").Find(&titles))
		require.Equal(t, []string{"volume 7", "volume 70"}, titles)
		rows, err := engine.Where("id > ?", 0).Rows(new(Book))
		require.NoError(t, err)
		defer rows.Close()
		var seen int
		for rows.Next() {
			require.NoError(t, rows.Scan(new(Book)))
			seen++
		}
		require.NoError(t, rows.Err())
		require.Equal(t, 300, seen)
	})
}

func TestTransactionAndErrors(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, engine *xorm.Engine) {
		stop := errors.New("stop")
		_, err := engine.Transaction(func(session *xorm.Session) (any, error) {
			_, err := session.Insert(ada())
			require.NoError(t, err)
			return nil, stop
		})
		require.ErrorIs(t, err, stop)
		count, err := engine.Count(new(Author))
		require.NoError(t, err)
		require.Zero(t, count)
		_, err = engine.Insert(ada())
		require.NoError(t, err)
		_, err = engine.Insert(ada())
		require.ErrorIs(t, err, pgerr.UniqueViolation)
	})
}

func TestSchema(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, engine *xorm.Engine) {
		require.NoError(t, engine.Sync(new(Author)), "a second time changes nothing")
		tables, err := engine.DBMetas()
		require.NoError(t, err)
		var columns []string
		for _, table := range tables {
			if table.Name == "author" {
				columns = table.ColumnsSeq()
				require.Len(t, table.Indexes, 2)
			}
		}
		require.Equal(t, []string{"id", "name", "email", "age", "price", "pen", "born", "settings", "nicks", "photo", "made", "version"}, columns)
	})
}
