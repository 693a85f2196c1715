// Package otelsql holds the tests of github.com/XSAM/otelsql over pgadapt: otelsql.Open("pgadapt", dsn), or
// otelsql.OpenDB(pgadapt.NewConnector(config)).
package otelsql
