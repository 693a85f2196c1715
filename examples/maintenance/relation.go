package main

import (
	"github.com/pgadapt/pgadapt/compose"
)

// relation names a table or an index.
type relation struct {
	Schema string `json:"schema"`
	Name   string `json:"name"`
}

// String gives the name for people to read.
func (r relation) String() string { return r.Schema + "." + r.Name }

// identifier gives the name for statements.
func (r relation) identifier() compose.Composed { return compose.Identifier(r.Schema, r.Name) }

// vacuum is the remedy for dead tuples. VACUUM works beside reads and writes, but for its last step, which gives the
// empty end of a table back to the operating system under an ACCESS EXCLUSIVE lock: that is left out.
func (r relation) vacuum() remedy {
	return remedy{
		Statement: compose.Format("vacuum (analyze, truncate false) {}", r.identifier()).String(),
		Relation:  r.identifier().String(),
		verbose:   compose.Format("vacuum (verbose, analyze, truncate false) {}", r.identifier()).String(),
	}
}

// analyze is the remedy for statistics that are out of date.
func (r relation) analyze() remedy {
	return remedy{
		Statement: compose.Format("analyze {}", r.identifier()).String(),
		Relation:  r.identifier().String(),
		verbose:   compose.Format("analyze (verbose) {}", r.identifier()).String(),
	}
}

// reindex is the remedy for an index that is bloated or invalid.
func (r relation) reindex() remedy {
	return remedy{
		Statement: compose.Format("reindex index concurrently {}", r.identifier()).String(),
		Relation:  r.identifier().String(),
		verbose:   compose.Format("reindex (verbose) index concurrently {}", r.identifier()).String(),
		reindexes: true,
	}
}
