package workload

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// Admin makes and removes what the workloads need on the server, on a connection of its own.
type Admin struct {
	conn *pgconn.PgConn
}

// NewAdmin connects and makes the schema, empty.
func NewAdmin(ctx context.Context, dsn string) (*Admin, error) {
	conn, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("workload: %w", err)
	}
	admin := &Admin{conn: conn}
	if err := admin.run(ctx, "set client_min_messages = warning; drop schema if exists "+Schema+" cascade; create schema "+Schema); err != nil {
		_ = conn.Close(ctx)
		return nil, err
	}
	return admin, nil
}

// ServerVersion gives the server's version as it names itself.
func (a *Admin) ServerVersion() string { return a.conn.ParameterStatus("server_version") }

// SetUp makes the tables of w. The error is errors.ErrUnsupported where the server lacks an extension for it.
func (a *Admin) SetUp(ctx context.Context, w Workload) error {
	if err := a.createExtension(ctx, w.Extension); err != nil {
		return err
	}
	for _, statement := range w.Tables {
		if err := a.run(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func (a *Admin) createExtension(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	found := a.conn.ExecParams(ctx, "select from pg_catalog.pg_available_extensions where name = $1", [][]byte{[]byte(name)}, nil, nil, nil).Read()
	if found.Err != nil || len(found.Rows) > 0 {
		return errors.Join(found.Err, a.run(ctx, "create extension if not exists "+name+" schema "+Schema))
	}
	return fmt.Errorf("workload: the server has no extension %s: %w", name, errors.ErrUnsupported)
}

// Reset undoes what operations of w have stored.
func (a *Admin) Reset(ctx context.Context, w Workload) error {
	if w.Reset == "" {
		return nil
	}
	return a.run(ctx, w.Reset)
}

// TearDown drops all tables.
func (a *Admin) TearDown(ctx context.Context) error {
	return a.run(ctx, "drop schema "+Schema+" cascade; create schema "+Schema)
}

// AddStored adds what an operation of w has stored to checksum.
func (a *Admin) AddStored(ctx context.Context, w Workload, checksum *Checksum) error {
	if w.Verify == "" {
		return nil
	}
	result := a.conn.ExecParams(ctx, w.Verify, nil, nil, nil, nil).Read()
	if result.Err != nil {
		return fmt.Errorf("workload: %s: %w", w.Verify, result.Err)
	}
	checksum.addBytes(result.Rows[0][0])
	return nil
}

// Close drops the schema and ends the connection.
func (a *Admin) Close(ctx context.Context) error {
	err := a.run(ctx, "drop schema if exists "+Schema+" cascade")
	if closeErr := a.conn.Close(ctx); err == nil {
		err = closeErr
	}
	return err
}

func (a *Admin) run(ctx context.Context, statement string) error {
	if _, err := a.conn.Exec(ctx, statement).ReadAll(); err != nil {
		return fmt.Errorf("workload: %s: %w", statement, err)
	}
	return nil
}
