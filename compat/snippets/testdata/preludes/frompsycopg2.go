package frompsycopg2

import (
	"os"
	"time"
)

// work takes an id or a payload; the first payload is enough.
func work(of any) {
	if _, ok := of.(string); ok {
		stop()
	}
}

// The file that COPY reads, in the folder of the program.
var _ = os.WriteFile("users.csv", []byte("Gil\nHal\n"), 0o600)

func background() {
	for ctx.Err() == nil {
		_, _ = db.ExecContext(ctx, "select pg_notify('orders', '1138')")
		time.Sleep(20 * time.Millisecond)
	}
}
