package fromlibpq

import (
	"os"
	"time"
)

var dsn = os.Getenv("DATABASE_URL")

func reloadAll() { panic("there is no gap") }

func load(string) { stop() }

func background() {
	for ctx.Err() == nil {
		_, _ = db.ExecContext(ctx, "select pg_notify('orders', '1138')")
		time.Sleep(20 * time.Millisecond)
	}
}
