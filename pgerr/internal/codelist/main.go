// Command codelist writes the Go files of package pgerr that follow from PostgreSQL's list of error codes, into the
// current directory. It is run by go generate ./pgerr.
package main

import (
	"log"
	"os"

	"github.com/pgadapt/pgadapt/pgerr/internal/errcodes"
)

func main() {
	log.SetFlags(0)
	if err := generate(); err != nil {
		log.Fatal("codelist: ", err)
	}
}

func generate() error {
	classes, err := errcodes.Classes()
	if err != nil {
		return err
	}
	files, err := render(classes)
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
