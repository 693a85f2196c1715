// Package xorm holds the tests of xorm.io/xorm over pgadapt. xorm chooses its dialect by the driver's name, so pgadapt
// is opened under the name that it knows:
//
//	import _ "github.com/pgadapt/pgadapt/postgres"
//
//	engine, err := xorm.NewEngine("postgres", dsn)
//
// Beside another driver of that name xorm takes a pool, and the name only says which dialect it is:
//
//	engine, err := xorm.NewEngineWithDB("postgres", dsn, core.FromDB(db))
package xorm
