// Package sqllex reads SQL text as PostgreSQL's own scanner does: it cuts a
// text into tokens, statements and parameters without parsing it.
//
// The rules are those of the PostgreSQL documentation, chapter "Lexical
// Structure" (4.1). Where server versions differ, the newest meaning is taken
// for text that a newer server accepts (0x1F and 1_000 are one number, as since
// version 16); text that newer servers refuse, such as 1a or $1a, is cut as
// older servers cut it. Such a text is an error on the server in any case.
//
// Reading a text never fails: every byte of any input belongs to exactly one
// token, and a quote or comment that is never closed reaches to the end of the
// text. [Rewrite], which turns other styles of placeholders into $1, is stricter.
package sqllex
