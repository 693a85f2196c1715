package listen

import (
	"os"
	"time"
)

var (
	id  = 1138
	dsn = os.Getenv("DATABASE_URL")
)

func load(string) { stop() }
func reloadAll()  { panic("there is no gap") }

func background() {
	for ctx.Err() == nil {
		_, _ = db.ExecContext(ctx, "select pg_notify('orders', '1138')")
		time.Sleep(20 * time.Millisecond)
	}
}
