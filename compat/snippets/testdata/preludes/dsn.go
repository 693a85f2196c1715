package dsn

import (
	"os"

	"github.com/pgadapt/pgadapt/dsn"
)

// server has what a program would know of its server.
var server, _ = dsn.Parse(os.Getenv("DATABASE_URL"))

var (
	host     = setting("host")
	port     = setting("port")
	user     = setting("user")
	password = "p@ss w'ord"
)

func setting(keyword string) string {
	value, _ := server.Get(keyword)
	return value
}
