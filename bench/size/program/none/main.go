// Command none has no driver: what the others have more is their driver's.
package main

import (
	"github.com/pgadapt/pgadapt/bench/size/internal/session"
)

func main() { session.Main("none") }
