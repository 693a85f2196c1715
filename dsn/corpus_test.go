package dsn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/dsn"
)

// corpus returns the strings of all tables of this package and some in which everyday mistakes and
// habits from elsewhere are.
func corpus() []string {
	var corpus []string
	for _, test := range slices.Concat(keywordValueCases, uriCases) {
		corpus = append(corpus, test.input)
	}
	for _, test := range parseFailures {
		if !strings.Contains(test.input, "\x00") {
			corpus = append(corpus, test.input)
		}
	}
	for _, keyword := range dsn.Keywords() {
		corpus = append(corpus, keyword.Name+"=1", "postgres://?"+keyword.Name+"=1")
	}
	return append(corpus, everydayStrings...)
}

var everydayStrings = []string{
	"host=localhost", "host=localhost port=5432 dbname=mydb connect_timeout=10", "user='joe' password=''",
	"postgresql://localhost:5433", "postgresql://localhost/mydb", "postgresql://user@localhost", "postgresql://user:secret@localhost",
	"postgresql://other@localhost/otherdb?connect_timeout=10&application_name=myapp", "postgresql://host1:123,host2:456/somedb?target_session_attrs=any",
	"postgresql:///mydb?host=localhost&port=5433", "postgresql://user@localhost:5433/mydb?options=-c%20synchronous_commit%3Doff",
	"postgresql://[2001:db8::1234]/database", "postgresql:///dbname?host=/var/lib/postgresql", "postgresql://%2Fvar%2Flib%2Fpostgresql/dbname",
	"dbname=app user=joe password='it''s'", `dbname=app user=joe password='it\'s'`, "dbname = 'my app' user = joe",
	"user=joe password=pa ss host=h", "user=joe;password=x;host=h", "user:joe", "user=joe,password=x", "user=joe & host=h", "{host: h}", "[h]:5432",
	"postgres:/h/d", "postgres:h", "postgresql:", "postgres", "postgresql+psycopg2://u:p@h/d", "Postgres://h", "postgres ://h", "\"host=a\"", "'host=a'",
	"postgres://u:p#1@h/d", "postgres://u:p%1@h/d", "postgres://u:p&q=1@h/d", "postgres://u:pä@h/d", "postgres://u:p[@h/d", "postgres://u:p]@h/d",
	"postgres://u;p@h/d", "postgres://u:p@h:5432:5433/d", "postgres://u:p@h,h,h/d", "postgres://u:p@h:1,h:2,h:3/d", "postgres://u:p@h:1,,h:3/d",
	"postgres://u:p@[::1]:1,[::1]:2/d", "postgres://u:p@[::1%lo]/d", "postgres://u:p@[::ffff:1.2.3.4]/d", "postgres://::1/d", "postgres://[::1]:/d",
	"postgres://u:p@h/d?sslmode=require&sslmode=disable", "postgres://u:p@h/d?a=b?c=d", "postgres://u:p@h/d&sslmode=require", "postgres://u:p@h?/d",
	"postgres://u:p@h/d?host=a,b&port=1,2", "postgres://h1,h2/d?port=5", "postgres://u@h/?user=v", "postgres://:p@/d", "postgres://u:p@/d", "postgres://u:p@",
	"postgres://h/%2", "postgres://h/%2G", "postgres://h/%2g?user=a", "postgres://h/%20", "postgres://h/ ", "postgres://h/?%", "postgres://h/?user=%",
	"postgres://h/\n", "\npostgres://h/", "postgres://h/d?user=a\t", "postgres://h/d?user=\ta", "postgres://h/d?ssl=true&ssl=true", "postgres://h/d?ssl",
	"postgres://h/d?ssl=TRUE", "postgres://h/d?SSL=true", "postgres://h/d?ssl= true ", "postgres://h/d?requiressl=0&requiressl=1", "postgres://h/d?requiressl",
}

func TestCorpusIsLarge(t *testing.T) {
	t.Parallel()
	require.Greater(t, len(corpus()), 200)
}

func manySettings(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d=1 ", i)
	}
	return b.String()
}

// params builds a Params from keywords and values in turn.
func params(t testing.TB, pairs ...string) dsn.Params {
	t.Helper()
	var p dsn.Params
	for pair := range slices.Chunk(pairs, 2) {
		require.NoError(t, p.Set(pair[0], pair[1]))
	}
	return p
}
