// Command pgadapt links pgadapt.
package main

import (
	_ "github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/bench/size/internal/session"
)

func main() { session.Main("pgadapt") }
