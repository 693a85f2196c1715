package readme

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/replication"
)

type Address struct{ Street, City string }

type User struct {
	ID   int
	Name string
}

var (
	id     = 1
	reader = strings.NewReader("1,Ann\n")
	writer = io.Discard
	rows   = pgadapt.RowsOf([][]any{{2, "Bo"}})
	names  = pgadapt.RowsOf([][]any{{"Cy"}, {"Di"}})
	stream *replication.Stream
)

func token(context.Context) (string, error) { return "a token", nil }

func background() {
	for ctx.Err() == nil {
		_, _ = db.ExecContext(ctx, "select pg_notify('orders', '1138')")
		time.Sleep(20 * time.Millisecond)
	}
}

func load(string) { stop() }
