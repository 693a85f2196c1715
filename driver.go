package pgadapt

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// DriverName is the name under which the driver is registered with database/sql.
const DriverName = "pgadapt"

func init() { sql.Register(DriverName, Driver{}) }

// Driver is what database/sql knows under the name "pgadapt". A program that opens its database by name
// does not meet it; one that wants hooks or a [Config] uses [NewConnector] instead.
type Driver struct{}

var (
	_ driver.Driver        = Driver{}
	_ driver.DriverContext = Driver{}
)

// Open connects once, outside any pool. database/sql itself calls OpenConnector.
func (d Driver) Open(dsn string) (driver.Conn, error) {
	connector, err := d.OpenConnector(dsn)
	if err != nil {
		return nil, err
	}
	return connector.Connect(context.Background())
}

// OpenConnector parses dsn once, for all connections of a pool. The error is that of [ParseConfig].
func (Driver) OpenConnector(dsn string) (driver.Connector, error) {
	config, err := ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	return NewConnector(config), nil
}
