package pgadapt

import "database/sql/driver"

// result is the number of rows that a command affected, as its command tag says: rows inserted, updated,
// deleted, merged, copied, fetched or selected, and 0 for a command that counts none.
type result int64

var _ driver.Result = result(0)

func (r result) RowsAffected() (int64, error) { return int64(r), nil }

// LastInsertId always fails: PostgreSQL reports keys through RETURNING only.
func (result) LastInsertId() (int64, error) { return 0, errLastInsertID }
