package adapt_test

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/adapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// openWith gives a pool whose connections know the types of a registry.
func openWith(registry *adapt.Registry) *sql.DB {
	config, err := pgadapt.ParseConfig(pgtest.ExampleDSN())
	if err != nil {
		panic(err)
	}
	config.Types = registry
	db := sql.OpenDB(pgadapt.NewConnector(config))
	db.SetMaxOpenConns(1) // the types of the examples are temporary
	return db
}

// A parameter of which the statement does not say the type is one of the enum.
func ExampleEnum() {
	type Weather string
	registry := &adapt.Registry{}
	adapt.Enum[Weather](registry, "pg_temp.weather")
	db := openWith(registry)
	defer db.Close()
	_, err := db.Exec("create type pg_temp.weather as enum ('sun', 'rain')")
	if err != nil {
		panic(err)
	}
	var all string
	err = db.QueryRow("select enum_range($1)", Weather("rain")).Scan(&all)
	fmt.Println(all, err)
	// Output: {sun,rain} <nil>
}

func ExampleComposite() {
	type Place struct {
		City string
		Code int `db:"zip"`
	}
	registry := &adapt.Registry{}
	adapt.Composite[Place](registry, "pg_temp.place")
	db := openWith(registry)
	defer db.Close()
	_, err := db.Exec("create type pg_temp.place as (zip int, city text)")
	if err != nil {
		panic(err)
	}
	var document string
	err = db.QueryRow("select to_jsonb($1)", Place{City: "Bonn", Code: 53111}).Scan(&document)
	fmt.Println(document, err)
	// Output: {"zip": 53111, "city": "Bonn"} <nil>
}

func ExampleRange() {
	type Heights = pgtype.Range[float64]
	registry := &adapt.Registry{}
	adapt.Range[Heights](registry, "pg_temp.heights")
	db := openWith(registry)
	defer db.Close()
	_, err := db.Exec("create type pg_temp.heights as range (subtype = float8)")
	if err != nil {
		panic(err)
	}
	alpine := Heights{Lower: 1500, LowerType: pgtype.Inclusive, UpperType: pgtype.Unbounded, Valid: true}
	var lower float64
	err = db.QueryRow("select lower($1)", alpine).Scan(&lower)
	fmt.Println(lower, err)
	// Output: 1500 <nil>
}

func ExampleAdapter() {
	type Email string
	registry := &adapt.Registry{}
	adapt.Adapter(registry, func(address Email) (any, error) { return strings.ToLower(string(address)), nil })
	db := openWith(registry)
	defer db.Close()
	var stored string
	err := db.QueryRow("select $1::text", Email("Ada@Example.org")).Scan(&stored)
	fmt.Println(stored, err)
	// Output: ada@example.org <nil>
}

func ExampleCaster() {
	type Euro struct{ Amount string }
	registry := &adapt.Registry{}
	adapt.Caster(registry, "numeric", func(text []byte) (Euro, error) { return Euro{"€ " + string(text)}, nil })
	db := openWith(registry)
	defer db.Close()
	var price Euro
	var anything any
	err := db.QueryRow("select 1.50, 2.25").Scan(&price, &anything)
	fmt.Println(price.Amount, anything, err)
	// Output: € 1.50 {€ 2.25} <nil>
}
