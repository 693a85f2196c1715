package copy

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/pgadapt/pgadapt"
)

type User struct {
	ID   int
	Name string
}

var (
	reader  = strings.NewReader("id,name\n1,Ann\n2,Bo\n")
	file    = strings.NewReader("5,Ed\n")
	writer  = io.Discard
	rows    = pgadapt.RowsOf([][]any{{3, "Cy"}})
	decoder = json.NewDecoder(strings.NewReader(`{"ID": 4, "Name": "Di"}`))
	bar     progress
)

type progress struct{}

func (progress) Set(int64) {}
