package drivers

import (
	"database/sql"

	"github.com/pgadapt/pgadapt"
)

// PgAdapt is the subject, as a program gets it from sql.Open.
var PgAdapt SQL = pgAdapt{identity{name: "pgadapt", module: "github.com/pgadapt/pgadapt", role: Subject}}

type pgAdapt struct{ identity }

var _ ArrayScanner = pgAdapt{}

func (pgAdapt) OpenDB(dsn string) (*sql.DB, error) { return sql.Open(pgadapt.DriverName, dsn) }
