package dsn

import (
	"fmt"
	"strings"
)

// Parse reads a connection string in keyword/value or URI form, by the rules of libpq 18. A string that
// starts with "postgresql://" or "postgres://" is a URI, anything else is keyword/value; the empty
// string holds no settings. Of a setting that is given twice the last one wins.
//
// Values are not checked: that a port is a number and an sslmode exists is for the connection to say.
// Unknown keywords are kept, see [Params.Unknown]. Bytes that are not UTF-8 are kept in values.
//
// The error is a [*ParseError].
func Parse(s string) (Params, error) {
	if i := strings.IndexByte(s, 0); i >= 0 {
		return Params{}, &ParseError{Offset: i, Reason: reasonNUL}
	}
	for _, scheme := range uriSchemes {
		if strings.HasPrefix(s, scheme) {
			return parseURI(s, len(scheme))
		}
	}
	return parseKeywordValue(s)
}

// uriSchemes are the prefixes that make a string a URI. They are compared as they stand: libpq reads
// "POSTGRES://" as keyword/value.
var uriSchemes = [...]string{"postgresql://", "postgres://"}

// ParseError says why and where a connection string could not be read. It holds nothing of the string
// itself, which may contain a password at any place.
type ParseError struct {
	// Offset is the place of the mistake in the string: the number of bytes before it.
	Offset int
	// Reason says what is wrong, in a sentence without a full stop. It is one of a fixed set of texts.
	Reason string
}

// Error returns the reason and the offset.
func (e *ParseError) Error() string {
	return fmt.Sprintf("dsn: %s (at byte offset %d)", e.Reason, e.Offset)
}

// The reasons of a ParseError. None has a place for text from the input.
const (
	reasonNUL               = "a connection string must not hold a NUL byte"
	reasonScheme            = `a URI must start with "postgresql://" or "postgres://"`
	reasonMissingEquals     = `missing "=" after a keyword`
	reasonMissingKeyword    = `missing keyword before "="`
	reasonKeywordByte       = `a keyword is made of letters, digits, "_", "$" and "."; values with blanks need single quotes`
	reasonUnterminatedQuote = "missing closing single quote of a value"
	reasonSSL               = "ssl is no setting, write sslmode (only a URI takes ssl, and only as ssl=true)"
	reasonUnclosedBracket   = `missing "]" after an IPv6 address`
	reasonEmptyBrackets     = `missing IPv6 address between "[" and "]"`
	reasonAfterBracket      = `only ":", ",", "/" or "?" can follow the "]" of an IPv6 address`
	reasonQueryNoEquals     = `missing "=" in the query of a URI`
	reasonQueryTwoEquals    = `second "=" in one setting of a query, write it as %3D`
	reasonPercent           = `"%" must be followed by two hexadecimal digits, write "%" itself as %25`
	reasonPercentNUL        = "%00 is not allowed"
	reasonBlank             = "a blank inside a part of a URI must be written as %20"
)
