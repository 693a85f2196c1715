// Command apilist writes the exported API of the public packages into api/, a file for each package and a line for each
// name, so that a change of the API is read in the diff of a commit:
//
//	go run ./internal/apilist
//
// A test fails while the files say something else than the packages. The lines follow those of the Go project's own
// api/*.txt. The text is made from the compiler's export data by go/types. The export data itself, which the command
// apidiff can write and compare, differs between Go versions and cannot be read in a diff.
package main

import (
	"context"
	"log"
)

func main() {
	log.SetFlags(0)
	if err := write(context.Background(), ".", "api"); err != nil {
		log.Fatal(err)
	}
}
