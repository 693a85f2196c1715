package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/examples/internal/table"
)

// report is what is known of a database.
type report struct {
	Database string    `json:"database"`
	Version  string    `json:"server_version"`
	Findings []finding `json:"findings"`
	Repairs  []outcome `json:"repairs,omitempty"`
}

// finding is the answer to one question.
type finding struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Source   string   `json:"source"`
	Rows     any      `json:"rows"`
	Remedies []remedy `json:"remedies,omitempty"`

	table *table.Table
}

// remedy is a statement that mends something.
type remedy struct {
	Statement string `json:"statement"`
	Relation  string `json:"relation"`

	verbose   string // the same statement, telling what it does
	reindexes bool   // which can leave a half built index behind
}

// inspection is a question. Each row of its query is a T, which is a row of the table and an object in JSON.
type inspection[T any] struct {
	name, title string
	source      string // from which statistics the answer is taken, and what it is worth
	query       string
	arguments   func(limits) []any // nil for none
	left        []string           // titles of the columns of text
	columns     []column[T]
	remedy      func(T) (remedy, bool) // nil where only people can decide
}

// column is how a field is printed.
type column[T any] struct {
	title string
	cell  func(T) string
}

// questioner is an inspection of any type.
type questioner interface {
	ask(ctx context.Context, db *sql.DB, limits limits) (finding, error)
}

func (i inspection[T]) ask(ctx context.Context, db *sql.DB, limits limits) (finding, error) {
	var arguments []any
	if i.arguments != nil {
		arguments = i.arguments(limits)
	}
	rows, err := pgadapt.Collect[T](db.QueryContext(ctx, i.query, arguments...))
	if err != nil {
		return finding{}, fmt.Errorf("%s: %w", i.title, err)
	}
	found := finding{Name: i.name, Title: i.title, Source: i.source, Rows: rows, table: i.empty()}
	for _, row := range rows {
		var cells []string
		for _, column := range i.columns {
			cells = append(cells, column.cell(row))
		}
		found.table.Add(cells...)
		if i.remedy == nil {
			continue
		}
		if remedy, ok := i.remedy(row); ok {
			found.Remedies = append(found.Remedies, remedy)
		}
	}
	return found, nil
}

// empty is the table without rows.
func (i inspection[T]) empty() *table.Table {
	var titles []string
	for _, column := range i.columns {
		titles = append(titles, column.title)
	}
	return table.New(titles...).Left(i.left...)
}

// questions are asked in this order.
var questions = []questioner{
	deadTuples, tableBloat, indexBloat, invalidIndexes, duplicateIndexes, unusedIndexes, missingPrimaryKeys,
	longTransactions, cacheHits, sequencesNearTheirEnd, wraparound,
}

// inspect asks all questions.
func inspect(ctx context.Context, db *sql.DB, limits limits) (*report, error) {
	report := &report{}
	err := db.QueryRowContext(ctx, "select current_database(), current_setting('server_version')").
		Scan(&report.Database, &report.Version)
	if err != nil {
		return nil, err
	}
	for _, question := range questions {
		found, err := question.ask(ctx, db, limits)
		if err != nil {
			return nil, err
		}
		report.Findings = append(report.Findings, found)
	}
	return report, nil
}

// remedies gives what would mend the database, each statement once.
func (r *report) remedies() []remedy {
	var all []remedy
	seen := map[string]bool{}
	for _, found := range r.Findings {
		for _, remedy := range found.Remedies {
			if !seen[remedy.Statement] {
				seen[remedy.Statement] = true
				all = append(all, remedy)
			}
		}
	}
	return all
}

// print prints the findings as tables of at most so many rows.
func (r *report) print(out io.Writer, rows int) error {
	if _, err := fmt.Fprintf(out, "Database %s, PostgreSQL %s.\n", r.Database, r.Version); err != nil {
		return err
	}
	for _, found := range r.Findings {
		text := "  none\n"
		if found.table.Rows() > 0 {
			text = found.table.Head(rows)
		}
		if _, err := fmt.Fprintf(out, "\n%s\n  [%s]\n%s", found.Title, found.Source, text); err != nil {
			return err
		}
	}
	remedies := r.remedies()
	if len(remedies) == 0 {
		return nil
	}
	fmt.Fprint(out, "\nRemedies that keep nobody waiting\n  [what -fix runs]\n")
	for _, remedy := range remedies {
		fmt.Fprintf(out, "  %s;\n", remedy.Statement)
	}
	return nil
}

// end prints what is printed last: the outcome of the repairs, or all of the report as JSON.
func (r *report) end(out io.Writer, options options) error {
	if options.json {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r)
	}
	if len(r.Repairs) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(out, "\nRepairs\n%s", outcomes(r.Repairs))
	return err
}
