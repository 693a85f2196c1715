package sqllex_test

import (
	"fmt"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

func ExampleLexer() {
	const query = "select $1::int -- one"
	lexer := sqllex.New(query, true)
	for token, ok := lexer.Next(); ok; token, ok = lexer.Next() {
		fmt.Printf("%v %q\n", token.Kind, token.Text(query))
	}
	// Output:
	// Word "select"
	// Space " "
	// Parameter "$1"
	// TypeCast "::"
	// Word "int"
	// Space " "
	// Comment "-- one"
}

func ExampleStatements() {
	const query = "begin; copy t from stdin; -- done"
	for statement := range sqllex.Statements(query, true) {
		fmt.Printf("%v %q\n", statement.Kind, statement.Text(query))
	}
	// Output:
	// Begin "begin"
	// CopyFrom "copy t from stdin"
}

func ExampleParameters() {
	for token, number := range sqllex.Parameters("select $2, '$1'", true) {
		fmt.Println(number, "at byte", token.Start)
	}
	// Output:
	// 2 at byte 7
}
