package main

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"github.com/pgadapt/pgadapt/examples/internal/table"
)

const hottestDays = `
	select distinct on (extract(year from day)) day, temp_max
	from observation order by extract(year from day), temp_max desc, day`

const insertRecord = `
	insert into record (day, temp_max, next_rain)
	values ($1, $2, (select min(day) from observation where day > $1 and precipitation > 0))
	returning id, next_rain`

// records writes down the hottest day of each year and the next rain after it. It runs a statement for each
// row of a query on the same connection while the rows are still open.
func records(ctx context.Context, db *sql.DB) (*table.Table, error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() // does nothing after Commit

	rows, err := tx.QueryContext(ctx, hottestDays)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	answer := table.New("hottest day", "°C", "next rain", "days until", "record id")
	for rows.Next() {
		var day, nextRain time.Time
		var hottest float64
		if err := rows.Scan(&day, &hottest); err != nil {
			return nil, err
		}
		var id int
		if err := tx.QueryRowContext(ctx, insertRecord, day, hottest).Scan(&id, &nextRain); err != nil {
			return nil, err
		}
		answer.Add(date(day), degrees(hottest), date(nextRain),
			strconv.Itoa(daysBetween(day, nextRain)), strconv.Itoa(id))
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return answer, tx.Commit()
}

func daysBetween(from, to time.Time) int { return int(to.Sub(from).Hours() / 24) }
