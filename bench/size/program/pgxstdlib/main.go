// Command pgxstdlib links pgx/stdlib.
package main

import (
	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/pgadapt/pgadapt/bench/size/internal/session"
)

func main() { session.Main("pgx") }
