package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/compose"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/replication"
)

// readConfig reads the connection string. The session prints times in UTC, so that they need no more than a Z.
func readConfig(connString string) (*pgadapt.Config, error) {
	parameters, err := dsn.Make(connString, "TimeZone", "UTC")
	if err != nil {
		return nil, fmt.Errorf("-dsn: %w", err)
	}
	config, err := pgadapt.ParseConfig(parameters.String())
	if err != nil {
		return nil, fmt.Errorf("-dsn: %w", err)
	}
	return config, nil
}

// openDB gives a pool, which fits on the session's server.
func openDB(config *pgadapt.Config) *sql.DB { return sql.OpenDB(pgadapt.NewConnector(config)) }

// setUp makes what is missing of publication and slot. The publication comes first: with a slot that is older than it
// the server could not tell what was to be sent when.
func setUp(ctx context.Context, config *pgadapt.Config, session *replication.Session, wanted command, diagnostics io.Writer) error {
	db := openDB(config)
	defer db.Close()
	if err := ensurePublication(ctx, db, wanted, diagnostics); err != nil {
		return err
	}
	slot, err := session.CreateSlot(ctx, wanted.slot, replication.SlotOptions{Plugin: "pgoutput", WithoutSnapshot: true})
	if errors.Is(err, replication.ErrSlotExists) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("making the slot: %w", err)
	}
	fmt.Fprintf(diagnostics, "Made the slot %s: the feed begins at %s.\n", wanted.slot, slot.ConsistentPoint)
	return nil
}

// ensurePublication makes the publication, or sees that the one that is there has the tables.
func ensurePublication(ctx context.Context, db *sql.DB, wanted command, diagnostics io.Writer) error {
	tables, err := findTables(ctx, db, wanted.tables)
	if err != nil {
		return err
	}
	var exists bool
	query := "select exists (select from pg_publication where pubname = $1)"
	if err := db.QueryRowContext(ctx, query, wanted.slot).Scan(&exists); err != nil {
		return err
	}
	if exists {
		return checkPublication(ctx, db, wanted.slot, tables)
	}
	if err := createPublication(ctx, db, wanted.slot, tables); err != nil {
		return fmt.Errorf("making the publication: %w", err)
	}
	fmt.Fprintf(diagnostics, "Made the publication %s.\n", wanted.slot)
	return nil
}

// table is a table as the catalog has it.
type table struct {
	OID          uint32
	Schema, Name string
}

// findTables looks up names as SQL would, by the search_path.
func findTables(ctx context.Context, db *sql.DB, names []string) ([]table, error) {
	var tables []table
	for _, name := range names {
		found, err := pgadapt.One[table](db.QueryContext(ctx, `
			select c.oid, n.nspname as schema, c.relname as name
			from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass($1)`, name))
		if errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("-tables: there is no table %s", name)
		}
		if err != nil {
			return nil, fmt.Errorf("-tables: %s: %w", name, err)
		}
		tables = append(tables, found)
	}
	return tables, nil
}

func createPublication(ctx context.Context, db *sql.DB, name string, tables []table) error {
	what := compose.SQL("for all tables")
	if len(tables) > 0 {
		var names []compose.Composed
		for _, t := range tables {
			names = append(names, compose.Identifier(t.Schema, t.Name))
		}
		what = compose.Format("for table {}", compose.Join(", ", names...))
	}
	query, _, err := compose.Format("create publication {} {}", compose.Identifier(name), what).Render(compose.Numeric)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, query)
	return err
}

// checkPublication refuses to feed from a publication that lacks a table that was asked for.
func checkPublication(ctx context.Context, db *sql.DB, name string, tables []table) error {
	for _, t := range tables {
		var published bool
		err := db.QueryRowContext(ctx, `
			select puballtables
				or exists (select from pg_publication_rel where prpubid = p.oid and prrelid = $2)
				or exists (select from pg_publication_tables where pubname = $1 and schemaname = $3 and tablename = $4)
			from pg_publication p where pubname = $1`, name, t.OID, t.Schema, t.Name).Scan(&published)
		if err != nil {
			return err
		}
		if !published {
			return fmt.Errorf("the publication %s is there and does not have the table %s.%s: "+
				"add it with ALTER PUBLICATION … ADD TABLE, or take another -slot", name, t.Schema, t.Name)
		}
	}
	return nil
}

// drop gives the feed up: the server need no longer keep anything for it.
func drop(ctx context.Context, wanted command) (err error) {
	config, err := readConfig(wanted.dsn)
	if err != nil {
		return err
	}
	session, err := replication.Connect(ctx, config, replication.Logical)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	if err := session.DropSlot(ctx, wanted.slot); err != nil && !errors.Is(err, replication.ErrSlotNotFound) {
		return fmt.Errorf("dropping the slot: %w", err)
	}
	query, _, err := compose.Format("drop publication if exists {}", compose.Identifier(wanted.slot)).Render(compose.Numeric)
	if err != nil {
		return err
	}
	db := openDB(config)
	defer db.Close()
	if _, err := db.ExecContext(ctx, query); err != nil {
		return fmt.Errorf("dropping the publication: %w", err)
	}
	return nil
}
