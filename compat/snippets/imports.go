package snippets

import "path"

// known has the packages that a snippet may use without importing them, by the names that they go by.
var known = byName(
	"bytes", "context", "database/sql", "database/sql/driver", "encoding/csv", "encoding/json", "errors", "fmt", "io", "iter",
	"log", "log/slog", "maps", "math/big", "net", "net/netip", "os", "slices", "strconv", "strings", "sync", "sync/atomic", "time",

	"github.com/pgadapt/pgadapt", "github.com/pgadapt/pgadapt/adapt", "github.com/pgadapt/pgadapt/compose",
	"github.com/pgadapt/pgadapt/dsn", "github.com/pgadapt/pgadapt/largeobject", "github.com/pgadapt/pgadapt/otel",
	"github.com/pgadapt/pgadapt/password", "github.com/pgadapt/pgadapt/pgerr", "github.com/pgadapt/pgadapt/replication",
	"github.com/pgadapt/pgadapt/twophase",

	"github.com/google/uuid", "github.com/jackc/pgx/v5/pgconn", "github.com/jackc/pgx/v5/pgtype",
	"github.com/jackc/pgx/v5/stdlib", "github.com/jmoiron/sqlx", "github.com/lib/pq", "github.com/shopspring/decimal",
)

func byName(paths ...string) map[string]string {
	names := map[string]string{"pgx": "github.com/jackc/pgx/v5"}
	for _, imported := range paths {
		names[path.Base(imported)] = imported
	}
	return names
}
