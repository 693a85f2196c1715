package replication

import (
	"time"

	"github.com/pgadapt/pgadapt/replication"
)

var session *replication.Session

func index(string, map[string]any) error                   { return nil }
func reindex(string, map[string]any, map[string]any) error { return nil }
func forget(string, map[string]any) error                  { stop(); return nil }

func background() {
	for ctx.Err() == nil {
		_, _ = db.ExecContext(ctx, "insert into orders values (1, 'apple')")
		_, _ = db.ExecContext(ctx, "update orders set article = 'pear'")
		_, _ = db.ExecContext(ctx, "delete from orders")
		time.Sleep(20 * time.Millisecond)
	}
}

func archive([]byte) { stop() }
