package sqllex

// Kind says what a statement does, as far as a driver has to know it.
type Kind uint8

const (
	// Other is every statement without a kind of its own.
	Other Kind = iota
	// CopyFrom is COPY … FROM STDIN: the client sends the data.
	CopyFrom
	// CopyTo is COPY … TO STDOUT: the server sends the data.
	CopyTo
	// CopyFile is any other COPY: the server reads or writes a file or program.
	CopyFile
	// Select is SELECT (SELECT INTO as well) or TABLE, possibly in parentheses.
	Select
	// Values is VALUES as a statement, possibly in parentheses.
	Values
	// With is any statement that starts with WITH, possibly in parentheses. It
	// may be a query or change data.
	With
	// Insert is INSERT.
	Insert
	// Update is UPDATE.
	Update
	// Delete is DELETE.
	Delete
	// Merge is MERGE.
	Merge
	// Begin is BEGIN or START TRANSACTION.
	Begin
	// Commit is COMMIT or END, with AND CHAIN or without.
	Commit
	// Rollback is ROLLBACK or ABORT of the whole transaction, with AND CHAIN or
	// without.
	Rollback
	// Savepoint is SAVEPOINT, RELEASE or ROLLBACK TO: the transaction goes on.
	Savepoint
	// PrepareTransaction is PREPARE TRANSACTION, the first step of a two-phase
	// commit. It takes the transaction away from the session.
	PrepareTransaction
	// CommitPrepared is COMMIT PREPARED. It cannot run inside a transaction.
	CommitPrepared
	// RollbackPrepared is ROLLBACK PREPARED. It cannot run inside a transaction.
	RollbackPrepared
	// Prepare is PREPARE name AS.
	Prepare
	// Deallocate is DEALLOCATE or DISCARD, either of which may drop prepared
	// statements.
	Deallocate
	// Fetch is FETCH: what columns it gives depends on the cursor.
	Fetch
	// Execute is EXECUTE: what columns it gives depends on the prepared statement.
	Execute
)

var kindNames = [...]string{
	"Other", "CopyFrom", "CopyTo", "CopyFile", "Select", "Values", "With", "Insert", "Update",
	"Delete", "Merge", "Begin", "Commit", "Rollback", "Savepoint", "PrepareTransaction",
	"CommitPrepared", "RollbackPrepared", "Prepare", "Deallocate", "Fetch", "Execute",
}

// String gives the name of the constant, for messages.
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return "Kind(?)"
	}
	return kindNames[k]
}

// firstWords has the kind that a statement's first word gives it. A later word
// may refine it, see [refineKind].
var firstWords = [...]struct {
	word string
	kind Kind
}{
	{"select", Select}, {"insert", Insert}, {"update", Update}, {"delete", Delete},
	{"with", With}, {"begin", Begin}, {"commit", Commit}, {"rollback", Rollback},
	{"copy", CopyFile}, {"values", Values}, {"table", Select}, {"merge", Merge},
	{"start", Begin}, {"end", Commit}, {"abort", Rollback}, {"savepoint", Savepoint},
	{"release", Savepoint}, {"prepare", Prepare}, {"deallocate", Deallocate},
	{"discard", Deallocate}, {"fetch", Fetch}, {"execute", Execute},
}

// kindOf gives the kind of the statement, a text from its first token on.
func kindOf(statement string, standardConformingStrings bool) Kind {
	lexer := New(statement, standardConformingStrings)
	first, _ := lexer.nextSignificant()
	if !first.isParenthesis(statement) {
		return refineKind(kindOfWord(first, statement), lexer)
	}
	for first.isParenthesis(statement) {
		first, _ = lexer.nextSignificant()
	}
	switch kind := kindOfWord(first, statement); kind {
	case Select, Values, With:
		return kind
	}
	return Other
}

func kindOfWord(token Token, query string) Kind {
	for _, first := range &firstWords {
		if token.isWord(query, first.word) {
			return first.kind
		}
	}
	return Other
}

// refineKind looks at what follows the first word, where that matters. The
// lexer stands behind the first word.
func refineKind(kind Kind, lexer Lexer) Kind {
	switch kind {
	case CopyFile:
		return copyKind(lexer)
	case Commit:
		return commitKind(lexer)
	case Rollback:
		return rollbackKind(lexer)
	case Prepare:
		return prepareKind(lexer)
	}
	return kind
}

// copyKind finds the first FROM or TO outside parentheses and looks at the word
// behind it. As in the server's grammar, STDIN and STDOUT mean the same: the
// direction comes from FROM or TO alone.
func copyKind(lexer Lexer) Kind {
	nesting := nesting{query: lexer.query}
	for token, ok := lexer.nextSignificant(); ok; token, ok = lexer.nextSignificant() {
		if !nesting.open() && !nesting.namesColumn() {
			switch {
			case token.isWord(lexer.query, "from"):
				return copyKindBehind(lexer, CopyFrom)
			case token.isWord(lexer.query, "to"):
				return copyKindBehind(lexer, CopyTo)
			}
		}
		nesting.observe(token)
	}
	return CopyFile
}

// copyKindBehind gives the kind for the client's stream if STDIN or STDOUT is
// next, and CopyFile otherwise.
func copyKindBehind(lexer Lexer, stream Kind) Kind {
	token, _ := lexer.nextSignificant()
	if token.isWord(lexer.query, "stdin") || token.isWord(lexer.query, "stdout") {
		return stream
	}
	return CopyFile
}

func commitKind(lexer Lexer) Kind {
	token, _ := lexer.nextSignificant()
	if token.isWord(lexer.query, "prepared") {
		return CommitPrepared
	}
	return Commit
}

func rollbackKind(lexer Lexer) Kind {
	token, _ := lexer.nextSignificant()
	if token.isWord(lexer.query, "prepared") {
		return RollbackPrepared
	}
	if token.isWord(lexer.query, "work") || token.isWord(lexer.query, "transaction") {
		token, _ = lexer.nextSignificant()
	}
	if token.isWord(lexer.query, "to") {
		return Savepoint
	}
	return Rollback
}

// prepareKind tells PREPARE TRANSACTION 'id' from PREPARE transaction AS …,
// where transaction is a statement's name.
func prepareKind(lexer Lexer) Kind {
	token, _ := lexer.nextSignificant()
	if !token.isWord(lexer.query, "transaction") {
		return Prepare
	}
	if token, _ = lexer.nextSignificant(); token.Kind == String {
		return PrepareTransaction
	}
	return Prepare
}
