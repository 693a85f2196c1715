package sqlc_test

import (
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/compat/sqlc/libpq"
	"github.com/pgadapt/pgadapt/pgerr"
)

func ada() libpq.CreateAuthorParams {
	return libpq.CreateAuthorParams{
		Name: "Ada", Email: sql.NullString{String: "ada@example.com", Valid: true}, Age: sql.NullInt16{Int16: 36, Valid: true},
		Mood: libpq.MoodSad, Token: uuid.MustParse("00112233-4455-6677-8899-aabbccddeeff"),
		Born:  sql.NullTime{Time: time.Date(1815, 12, 10, 0, 0, 0, 0, time.UTC), Valid: true},
		Seen:  time.Date(2024, 2, 29, 12, 34, 56, 789000000, time.UTC),
		Nicks: []string{"Countess", `a "quoted", one`}, Scores: []int64{1, 1 << 40}, Settings: json.RawMessage(`{"dark": true}`),
		Price: sql.NullString{String: "12.50", Valid: true}, Photo: []byte{0, 1, 255},
	}
}

func requireAuthor(t *testing.T, want libpq.CreateAuthorParams, have libpq.Author) {
	t.Helper()
	require.True(t, want.Seen.Equal(have.Seen))
	require.NotZero(t, have.ID)
	require.Equal(t, want, libpq.CreateAuthorParams{
		Name: have.Name, Email: have.Email, Age: have.Age, Mood: have.Mood, Token: have.Token, Born: have.Born, Seen: want.Seen,
		Nicks: have.Nicks, Scores: have.Scores, Settings: have.Settings, Price: have.Price, Photo: have.Photo,
	})
}

func TestPrepared(t *testing.T) {
	db := open(t)
	queries, err := libpq.Prepare(t.Context(), db)
	require.NoError(t, err)
	defer func() { require.NoError(t, queries.Close()) }()

	author, err := queries.CreateAuthor(t.Context(), ada())
	require.NoError(t, err)
	requireAuthor(t, ada(), author)
	author, err = queries.GetAuthor(t.Context(), author.ID)
	require.NoError(t, err)
	requireAuthor(t, ada(), author)
	_, err = queries.GetAuthor(t.Context(), -1)
	require.ErrorIs(t, err, sql.ErrNoRows)
	_, err = queries.CreateAuthor(t.Context(), ada())
	require.ErrorIs(t, err, pgerr.UniqueViolation)

	require.NoError(t, queries.CreateBooks(t.Context(), libpq.CreateBooksParams{AuthorID: author.ID, Titles: []string{"Notes", "Letters"}}))
	books, err := queries.BooksOfAuthors(t.Context())
	require.NoError(t, err)
	require.Len(t, books, 2)
	requireAuthor(t, ada(), books[0].Author)
	require.Equal(t, "Letters", books[1].Book.Title)
}

func TestNulls(t *testing.T) {
	queries := libpq.New(open(t))
	given := libpq.CreateAuthorParams{Name: "Ben", Mood: libpq.MoodHappy, Nicks: []string{}, Settings: json.RawMessage(`[]`)}
	author, err := queries.CreateAuthor(t.Context(), given)
	require.NoError(t, err)
	requireAuthor(t, given, author)
}

func TestPreparedInTransaction(t *testing.T) {
	db := open(t)
	queries, err := libpq.Prepare(t.Context(), db)
	require.NoError(t, err)
	defer func() { require.NoError(t, queries.Close()) }()
	tx, err := db.Begin()
	require.NoError(t, err)
	author, err := queries.WithTx(tx).CreateAuthor(t.Context(), ada())
	require.NoError(t, err)
	count, err := queries.WithTx(tx).SetMood(t.Context(), libpq.SetMoodParams{ID: author.ID, Mood: libpq.MoodHappy})
	require.NoError(t, err)
	require.EqualValues(t, 1, count)
	require.NoError(t, tx.Rollback())
	_, err = queries.GetAuthor(t.Context(), author.ID)
	require.ErrorIs(t, err, sql.ErrNoRows)
}
