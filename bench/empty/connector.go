package empty

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Connector gives connections to nowhere.
type Connector struct {
	recorder *recorder
}

var (
	_ driver.Connector = (*Connector)(nil)
	_ io.Closer        = (*Connector)(nil)
)

// NewConnector gives a connector whose answers come from the server that dsn names. It does not connect yet.
func NewConnector(dsn string) (*Connector, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	return &Connector{recorder: &recorder{server: stdlib.OpenDB(*config), known: map[string]*recording{}}}, nil
}

// Connect gives a connection at once.
func (c *Connector) Connect(context.Context) (driver.Conn, error) {
	return &conn{recorder: c.recorder}, nil
}

// Driver gives a driver that cannot open anything by name.
func (c *Connector) Driver() driver.Driver { return unnamed{} }

// Close ends the connections to the server. database/sql calls it when the pool is closed.
func (c *Connector) Close() error { return c.recorder.server.Close() }

type unnamed struct{}

func (unnamed) Open(string) (driver.Conn, error) {
	return nil, errors.New("empty: use sql.OpenDB with a Connector")
}
