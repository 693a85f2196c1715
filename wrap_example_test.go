package pgadapt_test

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt"
)

func ExampleArray() {
	db := openExample()
	defer db.Close()
	var words []string
	err := db.QueryRow("select $1::text[]", pgadapt.Array([]string{"a", "b c"})).Scan(pgadapt.Array(&words))
	fmt.Printf("%q %v\n", words, err)
	// Output: ["a" "b c"] <nil>
}

func ExampleJSON() {
	db := openExample()
	defer db.Close()
	var settings map[string]int
	err := db.QueryRow("select $1::jsonb", pgadapt.JSON(map[string]int{"size": 3})).Scan(pgadapt.JSON(&settings))
	fmt.Println(settings["size"], err)
	// Output: 3 <nil>
}

func ExampleScan() {
	db := openExample()
	defer db.Close()
	var free pgtype.Range[int]
	var pause time.Duration
	err := db.QueryRow("select '[1,5)'::int4range, interval '1 hour'").Scan(pgadapt.Scan(&free), pgadapt.Scan(&pause))
	fmt.Println(free.Lower, free.Upper, pause, err)
	// Output: 1 5 1h0m0s <nil>
}

// Value gives the text form, for what asks for a driver.Valuer.
func ExampleValue() {
	text, err := pgadapt.Value([]int{1, 2}).Value()
	fmt.Println(text, err)
	// Output: {1,2} <nil>
}
