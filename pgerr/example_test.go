package pgerr_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/pgerr"
)

// insertAccount stands for a statement that the server refuses.
func insertAccount() error {
	return fmt.Errorf("inserting the account: %w", &pgconn.PgError{
		Severity:       "ERROR",
		Code:           "23505",
		Message:        `duplicate key value violates unique constraint "account_email_key"`,
		TableName:      "account",
		ConstraintName: "account_email_key",
	})
}

func Example() {
	err := insertAccount()
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgerr.Is(err, pgerr.UniqueViolation) {
		switch pgErr.ConstraintName {
		case "account_email_key":
			fmt.Println("there is an account with this address")
		case "account_name_key":
			fmt.Println("the name is taken")
		}
	}
	// Output:
	// there is an account with this address
}

// A code that ends in 000 matches its class.
func ExampleIs() {
	err := insertAccount()
	fmt.Println(pgerr.Is(err, pgerr.UniqueViolation))
	fmt.Println(pgerr.Is(err, pgerr.NotNullViolation))
	fmt.Println(pgerr.Is(err, pgerr.IntegrityConstraintViolation))
	fmt.Println(pgerr.Is(err, pgerr.Integrity))
	// Output:
	// true
	// false
	// true
	// true
}

func ExampleOf() {
	code, _ := pgerr.Of(insertAccount())
	switch {
	case code == pgerr.ForeignKeyViolation:
		fmt.Println("nothing to refer to")
	case code.Class() == pgerr.IntegrityConstraintViolation:
		fmt.Println("refused:", code.Name())
	}
	// Output:
	// refused: unique_violation
}

func ExampleLookup() {
	code, _ := pgerr.Lookup("42P01")
	fmt.Println(code.Name(), "in", code.Class().Name())

	class, _ := pgerr.Lookup("42")
	fmt.Println(class.Name())

	_, found := pgerr.Lookup("MY001")
	fmt.Println(found)
	// Output:
	// undefined_table in syntax_error_or_access_rule_violation
	// syntax_error_or_access_rule_violation
	// false
}

// In a test, a code is an error to return where the database would.
func ExampleCode() {
	register := func(insert func() error) string {
		if err := insert(); errors.Is(err, pgerr.UniqueViolation) {
			return "taken"
		}
		return "welcome"
	}
	fmt.Println(register(func() error { return pgerr.UniqueViolation }))
	// Output:
	// taken
}

func ExampleCode_userDefined() {
	const outOfStock pgerr.Code = "SH001" // raise exception … using errcode = 'SH001'

	err := fmt.Errorf("ordering: %w", &pgconn.PgError{Code: "SH001"})
	fmt.Println(pgerr.Is(err, outOfStock))
	fmt.Println(pgerr.Is(err, outOfStock.Class()))
	// Output:
	// true
	// true
}

func ExampleGroup() {
	code, _ := pgerr.Lookup("57P01")
	fmt.Println(code.Group())
	fmt.Println(pgerr.Operational.Matches("57P01"))
	// Output:
	// OperationalError
	// true
}

// A transaction that ran into a concurrent one is run again as a whole.
func Example_retry() {
	attempts := 0
	transfer := func(context.Context) error {
		if attempts++; attempts < 3 {
			return &pgconn.PgError{Code: "40001"}
		}
		return nil
	}
	err := retry(context.Background(), transfer)
	fmt.Println(attempts, err)
	// Output:
	// 3 <nil>
}

func retry(ctx context.Context, transaction func(context.Context) error) error {
	for {
		err := transaction(ctx)
		again := pgerr.Is(err, pgerr.SerializationFailure) || pgerr.Is(err, pgerr.DeadlockDetected)
		if !again || ctx.Err() != nil {
			return err
		}
	}
}

// brokerError is an error of a program's own.
type brokerError struct{ sqlState string }

func (e brokerError) Error() string { return "broker: " + e.sqlState }

func (e brokerError) Is(target error) bool {
	condition, ok := target.(pgerr.Condition)
	return ok && condition.Matches(e.sqlState)
}

func ExampleCondition() {
	err := fmt.Errorf("receiving: %w", brokerError{"57P01"})
	fmt.Println(errors.Is(err, pgerr.AdminShutdown), errors.Is(err, pgerr.Operational))
	// Output:
	// true true
}
