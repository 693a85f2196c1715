package replication

import (
	"errors"
	"strings"
)

// quoteIdentifier gives a name of the replication grammar.
func quoteIdentifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// quoteLiteral gives a string constant of the replication grammar, which knows no other escape than the doubled quote.
func quoteLiteral(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// checkText refuses what would end the command's text too early: in the protocol a zero byte does.
func checkText(command string) error {
	if strings.ContainsRune(command, 0) {
		return errors.New("replication: " + verb(command) + ": a name or value contains a zero byte")
	}
	return nil
}

// verb gives the first word of a command, its name.
func verb(command string) string {
	name, _, _ := strings.Cut(command, " ")
	return name
}
