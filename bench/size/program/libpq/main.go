// Command libpq links lib/pq.
package main

import (
	_ "github.com/lib/pq"

	"github.com/pgadapt/pgadapt/bench/size/internal/session"
)

func main() { session.Main("postgres") }
