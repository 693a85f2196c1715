package drivers

import (
	"database/sql"

	"github.com/pgadapt/pgadapt/bench/empty"
)

// Empty is the second floor: database/sql itself, above a driver that has every answer at hand.
var Empty SQL = emptyDriver{identity{name: "empty", role: Floor}}

type emptyDriver struct{ identity }

func (emptyDriver) OpenDB(dsn string) (*sql.DB, error) {
	connector, err := empty.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}
