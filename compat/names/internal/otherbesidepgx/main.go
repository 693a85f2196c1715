// Command otherbesidepgx links pgadapt under the name of lib/pq, beside pgx/stdlib, which keeps its own.
package main

import (
	"database/sql"
	"fmt"

	_ "github.com/jackc/pgx/v5/stdlib"

	_ "github.com/pgadapt/pgadapt/postgres"
)

func main() {
	for _, name := range []string{"postgres", "pgx"} {
		db, err := sql.Open(name, "")
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s: %T\n", name, db.Driver())
	}
}
