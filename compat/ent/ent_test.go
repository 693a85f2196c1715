package ent_test

import (
	"database/sql"
	"fmt"
	"os"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/compat/ent/model"
	"github.com/pgadapt/pgadapt/compat/ent/model/author"
	"github.com/pgadapt/pgadapt/compat/ent/model/book"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/pgerr"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// open gives a client whose tables ent has made, in a schema of their own.
func open(t *testing.T) *model.Client {
	t.Helper()
	params, err := dsn.Make(pgtest.DSN(t), "search_path", "ent_test")
	require.NoError(t, err)
	db, err := sql.Open(pgadapt.DriverName, params.String())
	require.NoError(t, err)
	_, err = db.Exec("create schema ent_test")
	require.NoError(t, err)
	client := model.NewClient(model.Driver(entsql.OpenDB(dialect.Postgres, db)))
	t.Cleanup(func() {
		_, err := db.Exec("drop schema ent_test cascade")
		require.NoError(t, err)
		require.NoError(t, client.Close())
	})
	require.NoError(t, client.Schema.Create(t.Context()))
	require.NoError(t, client.Schema.Create(t.Context()), "a second time changes nothing")
	return client
}

var token = uuid.MustParse("00112233-4455-6677-8899-aabbccddeeff")

// create gives the insert of an author.
func create(client *model.Client) *model.AuthorCreate {
	return client.Author.Create().SetName("Ada").SetEmail("ada@example.com").SetAge(36).SetMood(author.MoodSad).
		SetToken(token).SetSeen(time.Date(2024, 2, 29, 12, 34, 56, 789000000, time.UTC)).
		SetNicks([]string{"Countess", `a "quoted", one`}).SetSettings(map[string]any{"dark": true}).
		SetPhoto([]byte{0, 1, 255}).SetScore(2.5)
}

func TestCreateReadUpdateDelete(t *testing.T) {
	client, ctx := open(t), t.Context()
	made, err := create(client).Save(ctx)
	require.NoError(t, err)
	read, err := client.Author.Query().Where(author.EmailEQ("ada@example.com"), author.AgeIn(35, 36)).Only(ctx)
	require.NoError(t, err)
	require.Equal(t, made.ID, read.ID)
	require.Equal(t, token, read.Token)
	require.Equal(t, author.MoodSad, read.Mood)
	require.Equal(t, []string{"Countess", `a "quoted", one`}, read.Nicks)
	require.Equal(t, map[string]any{"dark": true}, read.Settings)
	require.Equal(t, []byte{0, 1, 255}, read.Photo)
	require.Equal(t, 2.5, read.Score)
	require.True(t, made.Seen.Equal(read.Seen))

	read, err = read.Update().AddAge(1).ClearEmail().AppendNicks([]string{"third"}).Save(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 37, read.Age)
	require.Nil(t, read.Email)
	require.Len(t, read.Nicks, 3)
	require.NoError(t, client.Author.DeleteOne(read).Exec(ctx))
	_, err = client.Author.Get(ctx, read.ID)
	require.True(t, model.IsNotFound(err))
}

func TestEdgesAndBulk(t *testing.T) {
	client, ctx := open(t), t.Context()
	owner := create(client).SaveX(ctx)
	books := make([]*model.BookCreate, 300)
	for i := range books {
		books[i] = client.Book.Create().SetTitle(fmt.Sprint("volume ", i)).SetAuthor(owner)
	}
	require.NoError(t, client.Book.CreateBulk(books...).Exec(ctx))
	read, err := client.Author.Query().WithBooks(func(query *model.BookQuery) {
		query.Where(book.TitleHasSuffix("7")).Order(book.ByTitle())
	}).Only(ctx)
	require.NoError(t, err)
	require.Len(t, read.Edges.Books, 30)
	count, err := client.Book.Query().Where(book.HasAuthorWith(author.Name("Ada"))).Count(ctx)
	require.NoError(t, err)
	require.Equal(t, 300, count)

	id, err := client.Book.Create().SetTitle("volume 7").SetAuthor(owner).
		OnConflictColumns(book.FieldTitle).UpdateNewValues().ID(ctx)
	require.NoError(t, err)
	require.Equal(t, id, client.Book.Query().Where(book.Title("volume 7")).OnlyIDX(ctx))
	var groups []struct {
		Mood string
		Sum  int
	}
	require.NoError(t, client.Author.Query().GroupBy(author.FieldMood).Aggregate(model.Sum(author.FieldAge)).Scan(ctx, &groups))
	require.Len(t, groups, 1)
	require.Equal(t, 36, groups[0].Sum)
}

func TestTransactionsAndErrors(t *testing.T) {
	client, ctx := open(t), t.Context()
	tx, err := client.Tx(ctx)
	require.NoError(t, err)
	create(tx.Client()).SaveX(ctx)
	require.NoError(t, tx.Rollback())
	require.Zero(t, client.Author.Query().CountX(ctx))

	create(client).SaveX(ctx)
	err = create(client).Exec(ctx)
	require.True(t, model.IsConstraintError(err))
	require.ErrorIs(t, err, pgerr.UniqueViolation)
	err = client.Book.Create().SetTitle("nobody's").SetAuthorID(-1).Exec(ctx)
	require.True(t, model.IsConstraintError(err))
	require.ErrorIs(t, err, pgerr.ForeignKeyViolation)
}
