package largeobject

import (
	"context"
	"database/sql"
	"io"
)

// Create makes an empty large object and gives its OID. With oid 0 the server chooses one; the error for another one
// that is in use is pgerr.UniqueViolation.
func Create(ctx context.Context, tx *sql.Tx, oid uint32) (uint32, error) {
	var created uint32
	err := tx.QueryRowContext(ctx, "select pg_catalog.lo_create(@oid)", sql.Named("oid", oid)).Scan(&created)
	return created, err
}

// Unlink removes a large object. The error is pgerr.UndefinedObject where there is none with this OID.
func Unlink(ctx context.Context, tx *sql.Tx, oid uint32) error {
	var done int
	return tx.QueryRowContext(ctx, "select pg_catalog.lo_unlink(@oid)", sql.Named("oid", oid)).Scan(&done)
}

// Import makes a large object of all that source gives, and gives its OID, which the server chooses when oid is 0. The
// function of the same name in SQL reads a file of the server; this one reads here. After an error the object may
// exist in part: roll back.
func Import(ctx context.Context, tx *sql.Tx, source io.Reader, oid uint32) (uint32, error) {
	oid, err := Create(ctx, tx, oid)
	if err != nil {
		return 0, err
	}
	object, err := Open(ctx, tx, oid, ModeWrite)
	if err != nil {
		return 0, err
	}
	if _, err := object.ReadFrom(source); err != nil {
		return 0, err
	}
	return oid, object.Close()
}

// Export writes all of a large object to target and gives the number of bytes. The function of the same name in SQL
// writes a file of the server; this one writes here.
func Export(ctx context.Context, tx *sql.Tx, oid uint32, target io.Writer) (int64, error) {
	object, err := Open(ctx, tx, oid, ModeRead)
	if err != nil {
		return 0, err
	}
	written, err := object.WriteTo(target)
	if err != nil {
		return written, err
	}
	return written, object.Close()
}
