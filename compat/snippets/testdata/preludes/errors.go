package errors

import (
	"context"
	"database/sql"
	"errors"

	"github.com/pgadapt/pgadapt/pgerr"
)

var (
	ErrAddressTaken = errors.New("this address is taken")
	email           = "ann@example.com"
)

func transfer(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "select 1")
	return err
}

type fakeStore struct{ insert func() error }

var _ = pgerr.UniqueViolation
