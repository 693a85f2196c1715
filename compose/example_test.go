package compose_test

import (
	"database/sql"
	"fmt"

	"github.com/pgadapt/pgadapt/compose"
)

// show prints what would be passed to QueryContext or ExecContext.
var show = func(composed compose.Composed, args ...any) {
	query, arguments, err := composed.Render(compose.Numeric, args...)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(query)
	for _, argument := range arguments {
		fmt.Printf("  %v\n", argument)
	}
}

func Example() {
	query, args, err := compose.Format("select {} from {} where {} = {}",
		compose.Join(", ", compose.Identifiers("id", "name")...),
		compose.Identifier("public", "users"),
		compose.Identifier("email"),
		compose.Argument("ann@example.com"),
	).Render(compose.Numeric)
	if err != nil {
		fmt.Println(err)
		return
	}
	// rows, err := db.QueryContext(ctx, query, args...)
	fmt.Println(query)
	fmt.Println(args...)
	// Output:
	// select "id", "name" from "public"."users" where "email" = $1
	// ann@example.com
}

func ExampleFormat() {
	fmt.Println(compose.Format("select {} from {}", compose.Identifier("id"), compose.Identifier("users")))
	fmt.Println(compose.Format("select {0}.* from {0}", compose.Identifier("users")))
	fmt.Println(compose.Format("select {column} from {table} where tags @> '{{a}}'",
		compose.Field("table", compose.Identifier("users")),
		compose.Field("column", compose.Identifier("id"))))
	fmt.Println(compose.Format("select {}").Err())
	// Output:
	// select "id" from "users"
	// select "users".* from "users"
	// select "id" from "users" where tags @> '{a}'
	// compose: format: field {} at character 8: there is no argument for it: 0 without a name were given
}

func ExampleComposed_Render() {
	composed := compose.Format("update {} set seen = {} where id = {}",
		compose.Identifier("users"), compose.Argument(true), compose.NamedPlaceholder("id"))
	for _, style := range []compose.Style{compose.Numeric, compose.Pyformat, compose.Named} {
		query, args, err := composed.Render(style, sql.Named("id", 7))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(query, len(args))
	}
	// Output:
	// update "users" set seen = @argument_1 where id = @id 2
	// update "users" set seen = %(argument_1)s where id = %(id)s 2
	// update "users" set seen = :argument_1 where id = :id 2
}

func ExampleLiteral() {
	fmt.Println(compose.Format("alter role {} password {}", compose.Identifier("app"), compose.Literal(`it's a \ secret`)))
	// Output:
	// alter role "app" password E'it''s a \\ secret'
}

func ExampleQuoteIdent() {
	fmt.Println(compose.QuoteIdent("public", `Odd "name"`))
	// Output:
	// "public"."Odd ""name""" <nil>
}

// A table and columns that are known only at run time.
func Example_dynamicTable() {
	table, columns := "users", []string{"id", "name"}

	show(compose.Format("select {} from {} limit {}",
		compose.Join(", ", compose.Identifiers(columns...)...),
		compose.Identifier("public", table),
		compose.Argument(10)))
	// Output:
	// select "id", "name" from "public"."users" limit $1
	//   10
}

// An INSERT whose columns are those of a map or a file, to be run once per row.
func Example_insertRows() {
	columns := []string{"id", "name"}

	show(compose.Format("insert into {} ({}) values ({})",
		compose.Identifier("users"),
		compose.Join(", ", compose.Identifiers(columns...)...),
		compose.Join(", ", compose.Placeholders(len(columns))...)))
	// Output:
	// insert into "users" ("id", "name") values ($1, $2)
}

// An IN list. With a slice as one argument, = any($1) does the same, and takes an
// empty one.
func Example_inList() {
	ids := []any{3, 5, 8}

	show(compose.Format("select * from users where id in ({})", compose.Join(", ", compose.Arguments(ids...)...)))
	// Output:
	// select * from users where id in ($1, $2, $3)
	//   3
	//   5
	//   8
}

// Conditions that are there only if the user asked for them.
func Example_optionalFilters() {
	name, minimumAge := "Ann", 0

	var filters []compose.Composed
	if name != "" {
		filters = append(filters, compose.Format("name = {}", compose.Argument(name)))
	}
	if minimumAge > 0 {
		filters = append(filters, compose.Format("age >= {}", compose.Argument(minimumAge)))
	}
	query := compose.SQL("select * from users")
	if len(filters) > 0 {
		query = query.Append(compose.SQL(" where "), compose.Join(" and ", filters...))
	}

	show(query)
	// Output:
	// select * from users where name = $1
	//   Ann
}

// An order that comes from outside: what is allowed is in the program, and what
// comes from outside only chooses.
func Example_orderBy() {
	columns := map[string]compose.Composed{
		"name":   compose.Identifier("name"),
		"newest": compose.Format("{} desc nulls last", compose.Identifier("created")),
	}
	order, ok := columns["newest"]
	if !ok {
		order = columns["name"]
	}

	show(compose.Format("select * from users order by {}", order))
	// Output:
	// select * from users order by "created" desc nulls last
}

// Many rows changed by one statement.
func Example_bulkUpdate() {
	names := [][]any{{1, "Ann"}, {2, "Ben"}}

	rows := make([]compose.Composed, len(names))
	for i, row := range names {
		rows[i] = compose.Format("({}::int, {}::text)", compose.Argument(row[0]), compose.Argument(row[1]))
	}

	show(compose.Format("update users set name = new.name from (values {}) as new (id, name) where users.id = new.id",
		compose.Join(", ", rows...)))
	// Output:
	// update users set name = new.name from (values ($1::int, $2::text), ($3::int, $4::text)) as new (id, name) where users.id = new.id
	//   1
	//   Ann
	//   2
	//   Ben
}

// Only the columns that have changed.
func Example_updateColumns() {
	columns, values := []string{"name", "age"}, []any{"Ann", 42}

	changes := make([]compose.Composed, len(columns))
	for i, column := range columns {
		changes[i] = compose.Format("{} = {}", compose.Identifier(column), compose.Argument(values[i]))
	}

	show(compose.Format("update users set {} where id = {}", compose.Join(", ", changes...), compose.Argument(7)))
	// Output:
	// update users set "name" = $1, "age" = $2 where id = $3
	//   Ann
	//   42
	//   7
}

// A function with positional and named arguments, as psycopg2's callproc calls it.
func Example_callFunction() {
	show(compose.Format("select * from {}({})", compose.Identifier("pg_catalog", "lower"), compose.Argument("ABC")))

	named := compose.Join(", ",
		compose.Format("{} => {}", compose.Identifier("days"), compose.Argument(3)),
		compose.Format("{} => {}", compose.Identifier("hours"), compose.Argument(4)))
	show(compose.Format("select * from {}({})", compose.Identifier("make_interval"), named))
	// Output:
	// select * from "pg_catalog"."lower"($1)
	//   ABC
	// select * from "make_interval"("days" => $1, "hours" => $2)
	//   3
	//   4
}

// A statement in which PostgreSQL takes no parameters.
func Example_utilityStatement() {
	show(compose.Format("comment on table {} is {}", compose.Identifier("users"), compose.Literal("who's who")))
	// Output:
	// comment on table "users" is 'who''s who'
}

// An INSERT in which a column takes its default or NULL.
func ExampleDefault() {
	values := []compose.Composed{compose.Default(), compose.Argument("Ann"), compose.Null()}

	show(compose.Format("insert into users (id, name, age) values ({})", compose.Join(", ", values...)))
	// Output:
	// insert into users (id, name, age) values (DEFAULT, $1, NULL)
	//   Ann
}
