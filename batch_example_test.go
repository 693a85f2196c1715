package pgadapt_test

import (
	"errors"
	"fmt"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

func ExampleBatch() {
	db := openExample()
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.Exec("create temp table stock (item text primary key, pieces int check (pieces >= 0))"); err != nil {
		fmt.Println(err)
		return
	}

	result, err := tx.Exec("insert into stock values ($1, $2)", pgadapt.Batch(pgadapt.RowsOf([][]any{
		{"apples", 7}, {"pears", 3}, {"plums", 5},
	})))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.RowsAffected())

	_, err = tx.Exec("update stock set pieces = pieces - @taken where item = @item", pgadapt.Batch(pgadapt.RowsOf([][]any{
		{pgadapt.NamedArgs{"item": "apples", "taken": 2}},
		{pgadapt.NamedArgs{"item": "pears", "taken": 4}},
	})))
	if failed, ok := errors.AsType[*pgadapt.BatchError](err); ok {
		fmt.Println(failed.Row, errors.Is(err, pgerr.CheckViolation))
	}
	// Output:
	// 3 <nil>
	// 2 true
}

func ExampleValues() {
	db := openExample()
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.Exec("create temp table users (id serial, name text, joined date)"); err != nil {
		fmt.Println(err)
		return
	}

	names := pgadapt.RowsOf([][]any{{"Ada"}, {"Grace"}})
	rows, err := tx.Query("insert into users (name, joined) values $1 returning id, name",
		pgadapt.Values(names).Template("($1, current_date)"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var id int
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(id, name)
	}
	fmt.Println(rows.Err())
	// Output:
	// 1 Ada
	// 2 Grace
	// <nil>
}

func ExampleIn() {
	db := openExample()
	defer db.Close()
	const query = "select count(*) from generate_series(1, 100) as n where n in $1"

	for _, list := range [][]int{{2, 3, 5, 7}, {}} {
		var count int
		if err := db.QueryRow(query, pgadapt.In(list)).Scan(&count); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(count)
	}
	// Output:
	// 4
	// 0
}

func ExampleMogrify() {
	query, err := pgadapt.Mogrify("alter role app password $1; notify roles, $2", "it's", `a\b`)

	fmt.Println(query, err)
	// Output: alter role app password 'it''s'; notify roles, E'a\\b' <nil>
}
