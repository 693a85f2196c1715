// Command pgdriver links bun's pgdriver.
package main

import (
	_ "github.com/uptrace/bun/driver/pgdriver"

	"github.com/pgadapt/pgadapt/bench/size/internal/session"
)

func main() { session.Main("pg") }
