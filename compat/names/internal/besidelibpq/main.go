// Command besidelibpq links pgadapt in the place of a driver that it links as well.
package main

import (
	_ "github.com/lib/pq"

	_ "github.com/pgadapt/pgadapt/postgres"
)

func main() {}
