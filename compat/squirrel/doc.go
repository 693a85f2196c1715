// Package squirrel holds the tests of github.com/Masterminds/squirrel over pgadapt. squirrel writes question marks
// unless it is told otherwise: either it is told (PlaceholderFormat(squirrel.Dollar)), or the connection string says
// paramstyle=qmark.
package squirrel
