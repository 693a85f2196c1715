package sqlx_test

import (
	"fmt"
	"log"
	"os"

	"github.com/jmoiron/sqlx"

	_ "github.com/pgadapt/pgadapt"
)

// A program that uses named queries tells sqlx once which placeholders PostgreSQL has.
func init() { sqlx.BindDriver("pgadapt", sqlx.DOLLAR) }

func Example() {
	db, err := sqlx.Connect("pgadapt", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	type city struct {
		Name       string
		Population int `db:"people"`
	}
	_, err = db.NamedExec("insert into city (name, people) values (:name, :people)", city{"Lisbon", 545796})
	if err != nil {
		log.Fatal(err)
	}
	var cities []city
	if err := db.Select(&cities, "select name, people from city where people > $1", 500000); err != nil {
		log.Fatal(err)
	}
	fmt.Println(cities)
}

// The placeholders that sqlx writes for pgadapt after BindDriver.
func ExampleBindDriver() {
	db := sqlx.NewDb(nil, "pgadapt")
	query, args, err := db.BindNamed("select * from city where name = :name and people > :people",
		map[string]any{"name": "Lisbon", "people": 500000})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(query)
	fmt.Println(args...)
	fmt.Println(db.Rebind("select * from city where name = ?"))
	// Output:
	// select * from city where name = $1 and people > $2
	// Lisbon 500000
	// select * from city where name = $1
}
