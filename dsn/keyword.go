package dsn

import (
	"slices"
	"strings"
)

// Keyword describes one setting of a connection string.
type Keyword struct {
	// Name is the keyword as it is written; case matters.
	Name string
	// Since is the PostgreSQL release whose libpq brought the keyword, such as "9.0"; empty for one that
	// is older and for one that is not libpq's.
	Since string
	// Environment is the environment variable that gives the value when the connection string does not;
	// empty when there is none.
	Environment string
	// Default is the value that applies when nothing gives one; empty when there is none.
	Default string
	// Secret tells that the value must not be shown.
	Secret bool
	// Origin tells whose keyword it is.
	Origin Origin
	// Support tells who gives the setting its effect in pgadapt.
	Support Support
	// Effect says in a sentence what the setting does.
	Effect string

	choices string // separated by blanks
}

// Choices returns the values that the keyword can have, in the order of the documentation. It is nil for a
// keyword that takes other values than those of a list.
func (k Keyword) Choices() []string {
	if k.choices == "" {
		return nil
	}
	return strings.Fields(k.choices)
}

// Origin tells who defined a keyword.
type Origin string

const (
	// OriginLibPQ is a keyword of libpq, as listed in the PostgreSQL documentation, "34.1.2. Parameter Key Words".
	OriginLibPQ Origin = "libpq"
	// OriginPGAdapt is a keyword that pgadapt knows in addition, some by the names that pgx and lib/pq use.
	OriginPGAdapt Origin = "pgadapt"
)

// Support tells who gives a keyword its effect in pgadapt.
type Support string

const (
	// SupportPgconn is a keyword that pgadapt hands to pgconn, the library that connects.
	SupportPgconn Support = "pgconn"
	// SupportPGAdapt is a keyword that pgadapt itself implements.
	SupportPGAdapt Support = "pgadapt"
	// SupportRefused is a keyword that pgadapt cannot honour and therefore reports as an error, except for
	// values that ask for nothing, such as gssencmode=disable.
	SupportRefused Support = "refused"
)

// Keywords returns the table of all keywords: libpq's in the order of its documentation, then pgadapt's.
func Keywords() []Keyword { return slices.Clone(keywordTable) }

// Lookup returns what is known about a keyword; ok is false for one that is not in the table.
func Lookup(name string) (keyword Keyword, ok bool) {
	i, ok := keywordIndex[name]
	if !ok {
		return Keyword{}, false
	}
	return keywordTable[i], true
}

var keywordIndex = func() map[string]int {
	index := make(map[string]int, len(keywordTable))
	for i, keyword := range keywordTable {
		index[keyword.Name] = i
	}
	return index
}()
