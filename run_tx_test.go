package pgadapt_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

func TestRunTxCommits(t *testing.T) {
	db := open(t)
	makeTable(t, db, "create table counted (n int)")

	err := pgadapt.RunTx(t.Context(), db, nil, func(tx *sql.Tx) error {
		_, err := tx.Exec("insert into counted values (1)")
		return err
	})

	require.NoError(t, err)
	require.Equal(t, 1, countRows(t, db, "counted"))
}

func TestRunTxRollsBack(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)
	makeTable(t, db, "create table counted (n int)")
	mishap := errors.New("mishap")

	err := pgadapt.RunTx(t.Context(), db, nil, func(tx *sql.Tx) error {
		_, err := tx.Exec("insert into counted values (1)")
		require.NoError(t, err)
		return mishap
	})
	require.Same(t, mishap, err)

	require.PanicsWithValue(t, "panic", func() {
		_ = pgadapt.RunTx(t.Context(), db, nil, func(tx *sql.Tx) error {
			_, err := tx.Exec("insert into counted values (2)")
			require.NoError(t, err)
			panic("panic")
		})
	})
	require.Equal(t, 0, countRows(t, db, "counted"), "and the only connection is back in the pool")
}

func TestRunTxTakesOptions(t *testing.T) {
	options := &sql.TxOptions{Isolation: sql.LevelSerializable, ReadOnly: true}
	var isolation string
	err := pgadapt.RunTx(t.Context(), session(t, open(t)), options, func(tx *sql.Tx) error {
		return tx.QueryRow("show transaction_isolation").Scan(&isolation)
	})
	require.NoError(t, err)
	require.Equal(t, "serializable", isolation)
}

// Each transaction reads what the others write. Without another attempt most of them would fail.
func TestRunTxRunsAgainAfterASerializationFailure(t *testing.T) {
	db := open(t)
	makeTable(t, db, "create table counted (n int)")
	_, err := db.Exec("insert into counted values (0)")
	require.NoError(t, err)
	const workers, rounds = 4, 5

	var group sync.WaitGroup
	errs := make(chan error, workers*rounds)
	for range workers {
		group.Go(func() {
			for range rounds {
				errs <- pgadapt.RunTx(t.Context(), db, &sql.TxOptions{Isolation: sql.LevelSerializable}, func(tx *sql.Tx) error {
					var n int
					if err := tx.QueryRow("select n from counted").Scan(&n); err != nil {
						return fmt.Errorf("wrapped: %w", err)
					}
					_, err := tx.Exec("update counted set n = $1", n+1)
					return err
				})
			}
		})
	}
	group.Wait()
	close(errs)

	for err := range errs {
		require.NoError(t, err)
	}
	var n int
	require.NoError(t, db.QueryRow("select n from counted").Scan(&n))
	require.Equal(t, workers*rounds, n)
}

func TestRunTxRunsAgainAfterADeadlock(t *testing.T) {
	db := open(t)
	makeTable(t, db, "create table counted (id int primary key, n int)")
	_, err := db.Exec("insert into counted values (1, 0), (2, 0)")
	require.NoError(t, err)
	// Both transactions hold a row before they ask for the other's, at their first attempt.
	var bothHoldOne sync.WaitGroup
	bothHoldOne.Add(2)
	lockBoth := func(first, second int) (attempts int, err error) {
		err = pgadapt.RunTx(t.Context(), db, nil, func(tx *sql.Tx) error {
			attempts++
			if _, err := tx.Exec("update counted set n = n + 1 where id = $1", first); err != nil {
				return err
			}
			if attempts == 1 {
				bothHoldOne.Done()
				bothHoldOne.Wait()
			}
			_, err := tx.Exec("update counted set n = n + 1 where id = $1", second)
			return err
		})
		return attempts, err
	}

	var group sync.WaitGroup
	var attempts [2]int
	var errs [2]error
	group.Go(func() { attempts[0], errs[0] = lockBoth(1, 2) })
	group.Go(func() { attempts[1], errs[1] = lockBoth(2, 1) })
	group.Wait()

	require.NoError(t, errors.Join(errs[:]...))
	require.Equal(t, 3, attempts[0]+attempts[1], "one of the two was the victim")
	var n int
	require.NoError(t, db.QueryRow("select sum(n)::int from counted").Scan(&n))
	require.Equal(t, 4, n)
}

func TestRunTxGivesUp(t *testing.T) {
	db := open(t)
	attempts := 0
	err := pgadapt.RunTx(t.Context(), db, nil, func(*sql.Tx) error {
		attempts++
		return pgerr.SerializationFailure
	})
	require.ErrorIs(t, err, pgerr.SerializationFailure)
	require.ErrorContains(t, err, "10 times")
	require.Equal(t, pgadapt.MaxTxAttempts, attempts)
}

func TestRunTxStopsWhenTheContextEnds(t *testing.T) {
	db := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	attempts := 0
	err := pgadapt.RunTx(ctx, db, nil, func(*sql.Tx) error {
		attempts++
		cancel()
		return pgerr.DeadlockDetected
	})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, pgerr.DeadlockDetected)
	require.Equal(t, 1, attempts)
}

func TestRunTxInsideATransaction(t *testing.T) {
	db := open(t)
	makeTable(t, db, "create table counted (n int)")
	insert := func(tx *sql.Tx, n int) {
		_, err := tx.Exec("insert into counted values ($1)", n)
		require.NoError(t, err)
	}
	mishap := errors.New("mishap")

	err := pgadapt.RunTx(t.Context(), db, nil, func(tx *sql.Tx) error {
		insert(tx, 1)
		require.NoError(t, pgadapt.RunTx(t.Context(), tx, nil, func(tx *sql.Tx) error {
			insert(tx, 2)
			failed := pgadapt.RunTx(t.Context(), tx, nil, func(tx *sql.Tx) error {
				insert(tx, 4)
				_, err := tx.Exec("select 1/0")
				return errors.Join(mishap, err)
			})
			require.ErrorIs(t, failed, mishap)
			require.ErrorIs(t, failed, pgerr.DivisionByZero)
			insert(tx, 8)
			return nil
		}))
		require.Same(t, mishap, pgadapt.RunTx(t.Context(), tx, nil, func(tx *sql.Tx) error {
			insert(tx, 16)
			return mishap
		}))
		require.Panics(t, func() {
			_ = pgadapt.RunTx(t.Context(), tx, nil, func(tx *sql.Tx) error {
				insert(tx, 32)
				panic("panic")
			})
		})
		insert(tx, 64)
		return nil
	})

	require.NoError(t, err)
	var sum int
	require.NoError(t, db.QueryRow("select sum(n)::int from counted").Scan(&sum))
	require.Equal(t, 1+2+8+64, sum)
}

func TestRunTxInsideATransactionTakesNoOptions(t *testing.T) {
	err := pgadapt.RunTx(t.Context(), open(t), nil, func(tx *sql.Tx) error {
		return pgadapt.RunTx(t.Context(), tx, &sql.TxOptions{}, func(*sql.Tx) error { return nil })
	})
	require.ErrorContains(t, err, "outer RunTx")
}

func TestRunTxOnSomethingElse(t *testing.T) {
	type execer struct{ pgadapt.Execer }
	err := pgadapt.RunTx(t.Context(), execer{open(t)}, nil, nil)
	require.ErrorContains(t, err, "pgadapt_test.execer")
}

func TestIsRetryable(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want bool
	}{
		"no error":               {nil, false},
		"serialization failure":  {pgerr.SerializationFailure, true},
		"deadlock, wrapped":      {fmt.Errorf("transfer: %w", pgerr.DeadlockDetected), true},
		"other of the class":     {pgerr.StatementCompletionUnknown, false},
		"nothing was sent":       {fmt.Errorf("%w: %w", driver.ErrBadConn, errors.New("broken pipe")), true},
		"lost connection":        {pgerr.Operational, false},
		"unique violation":       {pgerr.UniqueViolation, false},
		"context":                {context.Canceled, false},
		"error of another kind":  {errors.New("mishap"), false},
		"commit was rolled back": {pgadapt.ErrCommitRolledBack, false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.want, pgadapt.IsRetryable(test.err)) })
	}
}

// makeTable runs a CREATE TABLE and drops the table at the end of the test.
func makeTable(t *testing.T, db *sql.DB, create string) {
	t.Helper()
	_, err := db.Exec(create)
	require.NoError(t, err)
	var name string
	_, err = fmt.Sscanf(create, "create table %s", &name)
	require.NoError(t, err)
	t.Cleanup(func() { _, err := db.Exec("drop table " + name); require.NoError(t, err) })
}

func countRows(t *testing.T, db *sql.DB, table string) (n int) {
	t.Helper()
	require.NoError(t, db.QueryRow("select count(*) from "+table).Scan(&n))
	return n
}

func ExampleRunTx() {
	db := openExample()
	defer db.Close()
	ctx := context.Background()

	err := pgadapt.RunTx(ctx, db, &sql.TxOptions{Isolation: sql.LevelSerializable}, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "create temp table booking (seat text primary key) on commit drop")
		if err != nil {
			return err
		}
		for _, seat := range []string{"12A", "12A", "12B"} {
			// A savepoint: when this part fails, the transaction goes on.
			err := pgadapt.RunTx(ctx, tx, nil, func(tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, "insert into booking values ($1)", seat)
				return err
			})
			fmt.Println(seat, "taken:", errors.Is(err, pgerr.UniqueViolation))
		}
		return nil
	})
	fmt.Println(err)
	// Output:
	// 12A taken: false
	// 12A taken: true
	// 12B taken: false
	// <nil>
}
