package transactions

import (
	"context"
	"database/sql"
)

func move(ctx context.Context, tx *sql.Tx, from, to, amount int) error {
	_, err := tx.ExecContext(ctx, "update account set amount = amount + case id when $1 then -$3::int else $3::int end where id in ($1, $2)",
		from, to, amount)
	return err
}

func decided(string) bool { return false }
