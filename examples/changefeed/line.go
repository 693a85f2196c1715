package main

import (
	"time"

	"github.com/pgadapt/pgadapt/replication"
)

// transactionLine is the first or the last line of a transaction.
type transactionLine struct {
	Kind string `json:"kind"` // begin or commit
	// LSN is where the transaction's commit is in the WAL. It tells the transaction from all others of the server, and
	// orders it among them.
	LSN replication.LSN `json:"lsn"`
	// End is where the commit ends: of a commit only.
	End        replication.LSN `json:"end,omitzero"`
	CommitTime time.Time       `json:"commit_time"`
	XID        uint32          `json:"xid"`
}

// changeLine is what happened to a row, or to a whole table.
type changeLine struct {
	Kind   string `json:"kind"` // insert, update, delete or truncate
	Schema string `json:"schema"`
	Table  string `json:"table"`
	// Key has the old key: of an update that changes it, and of a delete.
	Key *row `json:"key,omitempty"`
	// Old has the whole old row in place of Key, where the table's replica identity is FULL.
	Old *row `json:"old,omitempty"`
	// New has the row as it is now.
	New *row `json:"new,omitempty"`
	// Unchanged names the columns that New lacks: long values (TOAST) that the server does not send, since they are
	// what they were before.
	Unchanged []string `json:"unchanged,omitempty"`
	// Cascade and RestartIdentity are options of a truncate.
	Cascade         bool `json:"cascade,omitempty"`
	RestartIdentity bool `json:"restart_identity,omitempty"`
}

func beginLine(begin *replication.Begin) transactionLine {
	return transactionLine{Kind: "begin", LSN: begin.FinalLSN, CommitTime: begin.CommitTime.UTC(), XID: begin.XID}
}

func commitLine(commit *replication.Commit) transactionLine {
	return transactionLine{Kind: "commit", LSN: commit.CommitLSN, End: commit.EndLSN,
		CommitTime: commit.CommitTime.UTC(), XID: commit.XID}
}

// lineMaker makes the lines of changes.
type lineMaker struct{ values valueReader }

func newLineMaker() lineMaker { return lineMaker{values: newValueReader()} }

// ofChange gives the lines of a change, none if it is no change of data.
func (m lineMaker) ofChange(change replication.Change) []any {
	switch change := change.(type) {
	case *replication.Insert:
		line := lineOf("insert", change.Relation)
		line.New = m.row(&change.New)
		return []any{line}
	case *replication.Update:
		return []any{m.ofUpdate(change)}
	case *replication.Delete:
		line := lineOf("delete", change.Relation)
		line.Key, line.Old = m.row(change.Key), m.row(change.Old)
		return []any{line}
	case *replication.Truncate:
		return ofTruncate(change)
	default:
		return nil
	}
}

func (m lineMaker) ofUpdate(change *replication.Update) changeLine {
	line := lineOf("update", change.Relation)
	line.Key, line.Old, line.New = m.row(change.Key), m.row(change.Old), m.row(&change.New)
	for column, value := range change.New.All() {
		if value.Kind != replication.Unchanged {
			continue
		}
		if line.Old == nil {
			line.Unchanged = append(line.Unchanged, column.Name)
			continue
		}
		line.New.set(column.Name, line.Old.values[column.Name])
	}
	return line
}

// ofTruncate gives a line for each table, so that each line is about one.
func ofTruncate(change *replication.Truncate) (lines []any) {
	for _, relation := range change.Relations {
		line := lineOf("truncate", relation)
		line.Cascade, line.RestartIdentity = change.Cascade, change.RestartIdentity
		lines = append(lines, line)
	}
	return lines
}

func lineOf(kind string, relation *replication.Relation) changeLine {
	return changeLine{Kind: kind, Schema: relation.Namespace, Table: relation.Name}
}
