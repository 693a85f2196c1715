package password_test

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/password"
)

// A *sql.DB will do for the session; this example leaves no role behind.
func ExampleChange() {
	db, err := sql.Open("pgadapt", pgtest.ExampleDSN())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tx.Rollback()

	if _, err := tx.Exec("create role ann_of_the_example login"); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(password.Change(context.Background(), tx, "ann_of_the_example", "correct horse"))
	// Output: <nil>
}
