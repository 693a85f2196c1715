package postgres_test

import (
	"database/sql"
	"fmt"

	"github.com/pgadapt/pgadapt/internal/pgtest"
	_ "github.com/pgadapt/pgadapt/postgres" // was: _ "github.com/lib/pq"
)

// A program on lib/pq changes its import and nothing else.
func Example() {
	db, err := sql.Open("postgres", pgtest.ExampleDSN())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	var sum int
	err = db.QueryRow("select $1::int + $2", 19, 23).Scan(&sum)
	fmt.Printf("%d %v %T\n", sum, err, db.Driver())
	// Output: 42 <nil> pgadapt.Driver
}
