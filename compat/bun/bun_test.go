package bun_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/pgerr"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

type author struct {
	ID       int64 `bun:",pk,autoincrement"`
	Name     string
	Email    string    `bun:",unique,nullzero"`
	Token    uuid.UUID `bun:"type:uuid"`
	Pen      *string
	Born     time.Time         `bun:"type:date,nullzero"`
	Seen     time.Time         `bun:",nullzero,notnull,default:current_timestamp"`
	Nicks    []string          `bun:",array"`
	Scores   []float64         `bun:",array"`
	Settings map[string]any    `bun:"type:jsonb"`
	Labels   map[string]string `bun:",hstore"`
	Home     address           `bun:"type:jsonb"`
	Photo    []byte
	Books    []*book `bun:"rel:has-many,join:id=author_id"`
}

type address struct{ Street, City string }

type book struct {
	ID       int64 `bun:",pk,autoincrement"`
	Title    string
	AuthorID int64
	Author   *author `bun:"rel:belongs-to,join:author_id=id"`
}

// open gives a database with the tables, on one connection that has them as temporary ones.
func open(t *testing.T) *bun.DB {
	t.Helper()
	config, err := pgadapt.ParseConfig(pgtest.DSN(t))
	require.NoError(t, err)
	db := bun.NewDB(sql.OpenDB(pgadapt.NewConnector(config)), pgdialect.New())
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	db.SetMaxOpenConns(1)
	_, err = db.Exec("create extension if not exists hstore")
	require.NoError(t, err)
	for _, model := range []any{(*author)(nil), (*book)(nil)} {
		_, err := db.NewCreateTable().Model(model).Temp().Exec(t.Context())
		require.NoError(t, err)
	}
	return db
}

func ada() *author {
	pen := "A.A.L."
	return &author{
		Name: "Ada's", Email: "ada@example.com", Token: uuid.MustParse("00112233-4455-6677-8899-aabbccddeeff"), Pen: &pen,
		Born: time.Date(1815, 12, 10, 0, 0, 0, 0, time.UTC), Seen: time.Date(2024, 2, 29, 12, 34, 56, 789000000, time.UTC),
		Nicks: []string{"Countess", `a "quoted", \ one`}, Scores: []float64{1, 2.5},
		Settings: map[string]any{"dark": true, "size": 12.5}, Labels: map[string]string{"k": `v"w`},
		Home: address{Street: "St James's Square 12", City: "London"}, Photo: []byte{0, 1, 255, '\\'},
	}
}

func TestInsertAndSelect(t *testing.T) {
	db := open(t)
	given := ada()
	_, err := db.NewInsert().Model(given).Exec(t.Context())
	require.NoError(t, err)
	require.NotZero(t, given.ID)
	var read author
	require.NoError(t, db.NewSelect().Model(&read).Where("email = ?", given.Email).Scan(t.Context()))
	require.True(t, given.Seen.Equal(read.Seen))
	read.Seen = given.Seen
	require.Equal(t, *given, read)

	var names []string
	require.NoError(t, db.NewSelect().Model((*author)(nil)).Column("name").
		Where("? = any(nicks)", "Countess").Where("settings @> ?", map[string]any{"dark": true}).
		Where("id in (?)", bun.List([]int64{given.ID, 99})).Scan(t.Context(), &names))
	require.Equal(t, []string{"Ada's"}, names)
	err = db.NewSelect().Model(&read).Where("id = ?", -1).Scan(t.Context())
	require.ErrorIs(t, err, sql.ErrNoRows)
}

func TestUpdateAndDelete(t *testing.T) {
	db := open(t)
	given := ada()
	_, err := db.NewInsert().Model(given).Exec(t.Context())
	require.NoError(t, err)
	given.Name, given.Pen = "Augusta", nil
	result, err := db.NewUpdate().Model(given).Column("name", "pen").WherePK().Returning("*").Exec(t.Context())
	require.NoError(t, err)
	count, err := result.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 1, count)
	_, err = db.NewDelete().Model(given).WherePK().Exec(t.Context())
	require.NoError(t, err)
	left, err := db.NewSelect().Model((*author)(nil)).Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, left)
}

func TestRelationsAndBulk(t *testing.T) {
	db := open(t)
	given := ada()
	_, err := db.NewInsert().Model(given).Exec(t.Context())
	require.NoError(t, err)
	books := make([]*book, 500)
	for i := range books {
		books[i] = &book{Title: fmt.Sprintf("volume %03d", i), AuthorID: given.ID}
	}
	_, err = db.NewInsert().Model(&books).Exec(t.Context())
	require.NoError(t, err)
	require.NotZero(t, books[499].ID)

	var read author
	require.NoError(t, db.NewSelect().Model(&read).Relation("Books").Where("author.id = ?", given.ID).Scan(t.Context()))
	require.Len(t, read.Books, 500)
	var one book
	require.NoError(t, db.NewSelect().Model(&one).Relation("Author").Where("book.title = ?", "volume 007").Scan(t.Context()))
	require.Equal(t, given.Nicks, one.Author.Nicks)

	changed := []*book{{ID: books[0].ID, Title: "first"}, {ID: books[1].ID, Title: "second"}}
	_, err = db.NewUpdate().Model(&changed).Column("title").Bulk().Exec(t.Context())
	require.NoError(t, err)
	renamed, err := db.NewSelect().Model((*book)(nil)).Where("title in (?)", bun.List([]string{"first", "second"})).Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, renamed)
}

func TestTransactions(t *testing.T) {
	db := open(t)
	stop := errors.New("stop")
	require.ErrorIs(t, db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&book{Title: "gone"}).Exec(ctx)
		require.NoError(t, err)
		return stop
	}), stop)
	require.NoError(t, db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&book{Title: "stays"}).Exec(ctx)
		require.NoError(t, err)
		require.ErrorIs(t, tx.RunInTx(ctx, nil, func(ctx context.Context, nested bun.Tx) error { // a savepoint
			_, err := nested.NewInsert().Model(&book{Title: "gone, too"}).Exec(ctx)
			require.NoError(t, err)
			return stop
		}), stop)
		return nil
	}))
	var titles []string
	require.NoError(t, db.NewSelect().Model((*book)(nil)).Column("title").Scan(t.Context(), &titles))
	require.Equal(t, []string{"stays"}, titles)
}

func TestErrors(t *testing.T) {
	db := open(t)
	_, err := db.NewInsert().Model(ada()).Exec(t.Context())
	require.NoError(t, err)
	_, err = db.NewInsert().Model(ada()).Exec(t.Context())
	require.ErrorIs(t, err, pgerr.UniqueViolation)
	var server *pgconn.PgError
	require.ErrorAs(t, err, &server)
	require.Equal(t, "email", columnOf(server))
	result, err := db.NewInsert().Model(ada()).On("conflict (email) do nothing").Exec(t.Context())
	require.NoError(t, err)
	count, err := result.RowsAffected()
	require.NoError(t, err)
	require.Zero(t, count)
}

// columnOf tells a column by the name that PostgreSQL gives to its constraint.
func columnOf(err *pgconn.PgError) string {
	var column string
	_, _ = fmt.Sscanf(err.ConstraintName, "authors_%5s_key", &column)
	return column
}

// TestArguments gives the statement's arguments to the driver, past bun's formatter.
func TestArguments(t *testing.T) {
	db := open(t)
	var sum int
	require.NoError(t, db.DB.QueryRowContext(t.Context(), "select $1::int4 + $2", 1, 2).Scan(&sum))
	require.Equal(t, 3, sum)
	require.NoError(t, db.NewRaw("select ?::int4 + ?", 1, 2).Scan(t.Context(), &sum))
	require.Equal(t, 3, sum)
}
