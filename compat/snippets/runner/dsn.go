package runner

import (
	"os"
	"slices"

	"github.com/pgadapt/pgadapt/dsn"
)

// where has the settings that say which server and who asks; the others of a snippet's connection string are kept.
var where = []string{"host", "hostaddr", "port", "user", "password", "dbname", "sslmode", "sslrootcert"}

// DSN leads a connection string of a page to the server of DATABASE_URL. One that cannot be parsed stays as it is.
func DSN(text string) string {
	shown, err := dsn.Parse(text)
	if err != nil {
		return text
	}
	server, err := dsn.Parse(os.Getenv("DATABASE_URL"))
	if err != nil {
		return text
	}
	var settings []string
	for keyword, value := range shown.All() {
		if !slices.Contains(where, keyword) {
			settings = append(settings, keyword, value)
		}
	}
	led, err := dsn.Make(server.String(), settings...)
	if err != nil {
		return text
	}
	return led.URL()
}
