// Command besidepgx links pgadapt in the place of a driver that it links as well.
package main

import (
	_ "github.com/jackc/pgx/v5/stdlib"

	_ "github.com/pgadapt/pgadapt/postgres/pgx"
)

func main() {}
