package pgadapt

import (
	"fmt"
	"math"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// maxParameters is the protocol's limit: Bind counts parameters in 16 bits.
const maxParameters = math.MaxUint16

// checkCount compares the number of arguments with what the server says of the statement.
func (c *conn) checkCount(statement *statement, given int) error {
	if given > maxParameters {
		return fmt.Errorf("pgadapt: %d arguments are more than the %d that PostgreSQL's protocol can carry: "+
			"pass slices to unnest, or run the statement in parts", given, maxParameters)
	}
	if statement.description == nil || given == len(statement.description.ParamOIDs) {
		return nil
	}
	return c.wrongCount(statement.query, len(statement.description.ParamOIDs), given)
}

// wrongCount is the error of a statement with wanted parameters that got another number of arguments. Of a command such
// as CREATE VIEW the server says that it has none, whatever the text has.
func (c *conn) wrongCount(query string, wanted, given int) error {
	hint := ""
	if wanted == 0 && c.countPlaceholders(query) > 0 {
		hint = ": " + mogrifyHint
	}
	return fmt.Errorf("pgadapt: the statement has %d parameters, but %d arguments were given%s", wanted, given, hint)
}

// checkPlaceholders compares the number of arguments with the text, where the server has not described it.
func (c *conn) checkPlaceholders(query string, given int) error {
	wanted := c.countPlaceholders(query)
	if given == wanted {
		return nil
	}
	return c.wrongCount(query, wanted, given)
}

// countPlaceholders gives the highest n of the $n in a text.
func (c *conn) countPlaceholders(query string) int {
	highest := 0
	for _, number := range sqllex.Parameters(query, c.standardConformingStrings()) {
		highest = max(highest, number)
	}
	return highest
}
