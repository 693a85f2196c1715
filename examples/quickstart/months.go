package main

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"github.com/pgadapt/pgadapt/examples/internal/table"
)

// months asks for the precipitation of each month of each year. The server parses the statement once for all
// 48 questions, and each question needs one round trip.
func months(ctx context.Context, db *sql.DB) (*table.Table, error) {
	stmt, err := db.PrepareContext(ctx, "select sum(precipitation) from observation where day >= $1 and day < $2")
	if err != nil {
		return nil, err
	}
	defer stmt.Close()

	const firstYear, lastYear = 2012, 2015
	titles := []string{"month"}
	for year := firstYear; year <= lastYear; year++ {
		titles = append(titles, strconv.Itoa(year))
	}
	answer := table.New(titles...)
	for month := time.January; month <= time.December; month++ {
		cells := []string{month.String()}
		for year := firstYear; year <= lastYear; year++ {
			first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
			var precipitation string
			if err := stmt.QueryRowContext(ctx, first, first.AddDate(0, 1, 0)).Scan(&precipitation); err != nil {
				return nil, err
			}
			cells = append(cells, precipitation)
		}
		answer.Add(cells...)
	}
	return answer, nil
}
