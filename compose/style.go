package compose

import "github.com/pgadapt/pgadapt/internal/sqllex"

// Style says how placeholders are written. It must be that of the connector the
// text is for: the DSN parameter paramstyle.
type Style uint8

const (
	// Numeric is PostgreSQL's $1, and the connector's default. A named placeholder
	// is @name.
	Numeric = Style(sqllex.Numeric)
	// Pyformat is %s and %(name)s.
	Pyformat = Style(sqllex.Pyformat)
	// Qmark is ?. A named placeholder is @name.
	Qmark = Style(sqllex.Qmark)
	// Named is :name. Arguments get names of their own; a placeholder without a
	// name is an error.
	Named = Style(sqllex.Named)
)

// String gives the value of paramstyle in a DSN.
func (s Style) String() string { return sqllex.Style(s).String() }
