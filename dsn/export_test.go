package dsn

import "slices"

// Reasons are all texts that a ParseError may have.
var Reasons = []string{
	reasonNUL, reasonScheme, reasonMissingEquals, reasonMissingKeyword, reasonKeywordByte, reasonUnterminatedQuote, reasonSSL,
	reasonUnclosedBracket, reasonEmptyBrackets, reasonAfterBracket, reasonQueryNoEquals, reasonQueryTwoEquals,
	reasonPercent, reasonPercentNUL, reasonBlank,
}

// RunTimeParameters returns the names of all run-time parameters that Suggest knows.
func RunTimeParameters() []string { return slices.Concat(sessionParameters, serverParameters) }
