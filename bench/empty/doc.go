// Package empty is a database/sql driver that has every answer at hand: what a program costs with it is what
// database/sql itself costs.
//
// The first time it sees a query it asks the server, through another driver, and keeps the rows; from then on
// it gives them without any work. Three things follow, and the benchmarks keep to them: a query's answer must
// not depend on its arguments, beyond those of its first use; a comment at the end of a text does not make it
// another text; and of a result only the first [Period] rows are kept, since they repeat.
package empty
