package sqllex_test

import (
	"fmt"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

func ExampleRewrite() {
	const query = "select '5%%' from t where a = %(a)s or b = %(b)s or c = %(a)s"
	rewritten, err := sqllex.Rewrite(query, sqllex.Pyformat, sqllex.Arguments{Names: []string{"b", "a"}}, true)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rewritten.Query)
	for i, parameter := range rewritten.Parameters {
		fmt.Printf("$%d takes argument %d, %s\n", i+1, parameter.Argument, parameter.Name)
	}
	fmt.Println("character", rewritten.OriginalPosition(46), "of the user's text")
	// Output:
	// select '5%' from t where a = $1 or b = $2 or c = $1
	// $1 takes argument 1, a
	// $2 takes argument 0, b
	// character 53 of the user's text
}
