package dsn_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/pgadapt/pgadapt/dsn"
)

func ExampleParse() {
	p, err := dsn.Parse("postgresql://joe@db1,db2:5433/app?sslmode=verify-full&search_path=shop")
	if err != nil {
		fmt.Println(err)
		return
	}
	for keyword, value := range p.All() {
		fmt.Printf("%s: %s\n", keyword, value)
	}
	fmt.Println("not libpq's:", p.Unknown())
	// Output:
	// user: joe
	// host: db1,db2
	// port: ,5433
	// dbname: app
	// sslmode: verify-full
	// search_path: shop
	// not libpq's: [search_path]
}

// A parse error tells the place of the mistake, and holds nothing of the string.
func ExampleParseError() {
	_, err := dsn.Parse("host=db password=my secret user=joe")
	var mistake *dsn.ParseError
	if errors.As(err, &mistake) {
		fmt.Println(mistake.Offset)
		fmt.Println(mistake.Reason)
	}
	_, err = dsn.Parse("postgresql://joe:100%@db/app")
	fmt.Println(err)
	// Output:
	// 27
	// missing "=" after a keyword
	// dsn: "%" must be followed by two hexadecimal digits, write "%" itself as %25 (at byte offset 20)
}

// Values may hold any character; a setting that base has already is replaced.
func ExampleMake() {
	p, err := dsn.Make("postgresql://db/app", "user", "joe", "password", "it's a/secret", "dbname", "shop")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.String())
	fmt.Println(p.URL())
	// Output:
	// host=db dbname=shop user=joe password='it\'s a/secret'
	// postgresql://joe:it%27s%20a%2Fsecret@db/shop
}

func ExampleParams_URL() {
	p, err := dsn.Parse("host=/var/run/postgresql dbname='my app' user=joe")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.URL())
	// Output: postgresql://joe@/my%20app?host=/var/run/postgresql
}

// fmt and log/slog print the redacted form; a direct call of String gives the true one.
func ExampleParams_Redacted() {
	p, err := dsn.Parse("postgresql://joe:secret@db/app")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Redacted())
	fmt.Printf("%v\n", p)
	withoutTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime})).Info("connecting", "to", p)
	fmt.Println(p.String())
	// Output:
	// user=joe password=xxxxx host=db dbname=app
	// user=joe password=xxxxx host=db dbname=app
	// level=INFO msg=connecting to="user=joe password=xxxxx host=db dbname=app"
	// user=joe password=secret host=db dbname=app
}

func ExampleRedact() {
	fmt.Println(dsn.Redact("host=db user=joe password='a secret'"))
	fmt.Println(dsn.Redact("host=db user=joe password=a secret"))
	// Output:
	// host=db user=joe password=xxxxx
	// (unparsable connection string)
}

func ExampleSuggest() {
	for _, name := range []string{"sslmod", "search_path"} {
		keyword, ok := dsn.Suggest(name)
		fmt.Printf("%s: %q %v\n", name, keyword, ok)
	}
	// Output:
	// sslmod: "sslmode" true
	// search_path: "" false
}
