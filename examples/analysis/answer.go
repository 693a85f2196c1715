package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/pgadapt/pgadapt/compose"
	"github.com/pgadapt/pgadapt/examples/internal/table"
)

// answer has the server answer a question, prints the beginning of the answer, and writes its files. The answer is a
// table, so that it is computed once.
func (q question) answer(ctx context.Context, db *sql.DB, options options, out io.Writer) error {
	made := compose.Format("create table {} as {}", compose.Identifier(q.name), compose.UnsafeSQL(q.query)).String()
	if _, err := db.ExecContext(ctx, made); err != nil {
		return err
	}
	text, err := q.head(ctx, db)
	if err != nil {
		return err
	}
	files, err := q.write(ctx, db, options)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "\n%s  [%s]\n%s  %s\n", q.title, q.means, text, files)
	return err
}

// head gives the first rows as text.
func (q question) head(ctx context.Context, db *sql.DB) (string, error) {
	rows, err := db.QueryContext(ctx, compose.Format("select * from {}", compose.Identifier(q.name)).String())
	if err != nil {
		return "", err
	}
	defer rows.Close()
	titles, err := rows.Columns()
	if err != nil {
		return "", err
	}
	answer := table.New(titles...).Left("airport", "city", "state", "weekday", "part_of_day")
	values, destinations := make([]any, len(titles)), make([]any, len(titles))
	for i := range values {
		destinations[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(destinations...); err != nil {
			return "", err
		}
		var cells []string
		for _, value := range values {
			cells = append(cells, cell(value))
		}
		answer.Add(cells...)
	}
	return answer.Head(q.rows), rows.Err()
}

// cell gives a value as text; NULL is empty.
func cell(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case time.Time:
		return value.Format(time.DateOnly)
	}
	return fmt.Sprint(value)
}

// write makes the files of an answer, and says which.
func (q question) write(ctx context.Context, db *sql.DB, options options) (files string, err error) {
	path := filepath.Join(options.out, q.name+".csv")
	if err := q.writeCSV(ctx, db, path); err != nil {
		return "", err
	}
	if q.chart == nil {
		return path, nil
	}
	drawn, err := q.chart(ctx, db)
	if err != nil {
		return "", err
	}
	chart := filepath.Join(options.out, q.name+"."+options.charts)
	return path + ", " + chart, drawn.Save(chartWidth, chartHeight, chart)
}

// writeCSV has the server write the file: COPY takes any io.Writer.
func (q question) writeCSV(ctx context.Context, db *sql.DB, path string) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = db.ExecContext(ctx,
		compose.Format("copy {} to stdout (format csv, header)", compose.Identifier(q.name)).String(), file)
	return err
}
