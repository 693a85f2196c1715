package compose

import (
	"fmt"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// Identifier gives a quoted name, such as "Users", or a qualified one, such as
// "public"."Users", for Identifier("public", "Users"). A point within a name is
// part of it. Since the name is quoted, upper and lower case differ. An empty name
// is an error, and so is one with a NUL byte or invalid UTF-8. PostgreSQL cuts
// names after 63 bytes.
func Identifier(name string, more ...string) Composed {
	quoted, err := quote(name, more)
	if err != nil {
		return failed(err)
	}
	return Composed{parts: []part{{kind: identifierPart, text: quoted}}}
}

// Identifiers gives each of the names as an [Identifier], to be joined.
func Identifiers(names ...string) []Composed {
	identifiers := make([]Composed, len(names))
	for i, name := range names {
		identifiers[i] = Identifier(name)
	}
	return identifiers
}

// QuoteIdent gives the text of an [Identifier], for whoever builds SQL without this
// package. It is psycopg2's quote_ident, and always quotes.
func QuoteIdent(name string, more ...string) (string, error) {
	quoted, err := quote(name, more)
	if err != nil {
		return "", outermost(err)
	}
	return quoted, nil
}

func quote(name string, more []string) (string, error) {
	quoted, err := wire.AppendIdentifier(nil, name)
	for _, next := range more {
		if err != nil {
			break
		}
		quoted, err = wire.AppendIdentifier(append(quoted, '.'), next)
	}
	if err != nil {
		return "", fmt.Errorf("identifier: %w", err)
	}
	return string(quoted), nil
}
