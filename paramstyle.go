package pgadapt

import (
	"fmt"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// ParamStyle says how a text marks the places of its arguments. It is the DSN parameter paramstyle, with the names
// that PEP 249 (Python's DB-API) has for its module variable of that name.
//
// In every style a text without arguments is sent as it is, $1 in a style that is not Numeric is an error, and @name is
// the place of a [database/sql.Named] argument. Placeholders are not looked for in quotes and comments.
type ParamStyle uint8

// The placeholder styles.
const (
	// ParamStyleNumeric is $1, $2, … as PostgreSQL itself has it, and not the PEP's :1. The default; such a text is
	// sent as it is.
	ParamStyleNumeric = ParamStyle(sqllex.Numeric)
	// ParamStylePyformat is %s, or %(name)s for named arguments, and %% for a percent sign, in quotes as well, as
	// psycopg2 has it. The DSN also takes format, the PEP's name for %s alone.
	ParamStylePyformat = ParamStyle(sqllex.Pyformat)
	// ParamStyleQmark is ?, and ?? for a question mark that belongs to an operator.
	ParamStyleQmark = ParamStyle(sqllex.Qmark)
	// ParamStyleNamed is :name. What :: and := mean stays.
	ParamStyleNamed = ParamStyle(sqllex.Named)
)

// String gives the style's name in a DSN.
func (s ParamStyle) String() string {
	if s > ParamStyleNamed {
		return fmt.Sprintf("ParamStyle(%d)", uint8(s))
	}
	return sqllex.Style(s).String()
}

func parseParamStyle(value string) (ParamStyle, error) {
	style, err := sqllex.ParseStyle(value)
	return ParamStyle(style), err
}
