// Package largeobject reads and writes PostgreSQL's large objects as streams: values of up to 4 TB that have an OID of
// their own and can be read from and written to at any place (PostgreSQL documentation, "Large Objects").
//
//	tx, err := db.BeginTx(ctx, nil)
//	object, err := largeobject.Open(ctx, tx, oid, largeobject.ModeRead)
//	_, err = io.Copy(response, object)
//	err = object.Close()
//
// An [Object] lives in its transaction, and so do all functions of this package: what is done is undone when the
// transaction rolls back. After its end every call is the error [database/sql.ErrTxDone].
//
// A value that fits into memory is easier to handle in a column of type bytea.
//
// # Coming from psycopg2
//
//	connection.lobject()                   Create, and Open with ModeWrite
//	connection.lobject(oid, "r")           Open with ModeRead
//	connection.lobject(oid, "w"), "rw"     Open with ModeWrite, ModeReadWrite
//	connection.lobject(0, "n")             Create
//	connection.lobject(0, "", oid, path)   Import, from any io.Reader
//	lobject.export(path)                   Export, to any io.Writer
//	lobject.read(), write(), seek()        Read, Write, Seek of an Object; io.ReadAll for all of it
//	lobject.tell()                         Seek(0, io.SeekCurrent)
//	lobject.truncate(size)                 Truncate
//	lobject.unlink()                       Unlink
//
// An Object has bytes; there is no text mode.
package largeobject
