package sqlc_test

import (
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/compat/sqlc/pgxstdlib"
)

func TestUnprepared(t *testing.T) {
	queries := pgxstdlib.New(open(t))
	ids := make([]int64, 3)
	for i, name := range []string{"Ada", "Ben", "Adele"} {
		author, err := queries.CreateAuthor(t.Context(), pgxstdlib.CreateAuthorParams{
			Name: name, Mood: pgxstdlib.MoodSad, Token: uuid.New(), Seen: time.Now(),
			Nicks: []string{name, "x"}, Scores: []int64{int64(i)}, Settings: json.RawMessage(`{"n": 1}`),
		})
		require.NoError(t, err)
		require.Equal(t, []string{name, "x"}, author.Nicks)
		require.Equal(t, []int64{int64(i)}, author.Scores)
		require.JSONEq(t, `{"n": 1}`, string(author.Settings))
		ids[i] = author.ID
	}

	listed, err := queries.ListAuthors(t.Context(), pgxstdlib.ListAuthorsParams{
		Ids: append(ids, -1), Pattern: sql.NullString{String: "Ad%", Valid: true},
	})
	require.NoError(t, err)
	require.Equal(t, []pgxstdlib.ListAuthorsRow{
		{ID: ids[0], Name: "Ada", Mood: pgxstdlib.MoodSad}, {ID: ids[2], Name: "Adele", Mood: pgxstdlib.MoodSad},
	}, listed)
	require.NoError(t, queries.DeleteAuthor(t.Context(), ids[0]))
	count, err := queries.SetMood(t.Context(), pgxstdlib.SetMoodParams{ID: ids[0], Mood: pgxstdlib.MoodHappy})
	require.NoError(t, err)
	require.Zero(t, count)
}
