package main

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"github.com/pgadapt/pgadapt/examples/internal/table"
)

const yearsQuery = `
	select extract(year from day)::int as year,
	       sum(precipitation),
	       count(*) filter (where precipitation > 0),
	       max(temp_max),
	       min(temp_min),
	       min(day) filter (where weather = 'snow')
	from observation group by year order by year`

// years compares the years. The sum of a numeric column is scanned into a string, which keeps each digit,
// and the day of the first snow, which is NULL in a year without snow, into a sql.Null.
func years(ctx context.Context, db *sql.DB) (*table.Table, error) {
	rows, err := db.QueryContext(ctx, yearsQuery)
	if err != nil {
		return nil, err
	}
	defer rows.Close()

	answer := table.New("year", "precipitation mm", "wet days", "warmest °C", "coldest °C", "first snow")
	for rows.Next() {
		var year, wetDays int
		var precipitation string
		var warmest, coldest float64
		var firstSnow sql.Null[time.Time]
		if err := rows.Scan(&year, &precipitation, &wetDays, &warmest, &coldest, &firstSnow); err != nil {
			return nil, err
		}
		answer.Add(strconv.Itoa(year), precipitation, strconv.Itoa(wetDays),
			degrees(warmest), degrees(coldest), dateOrNone(firstSnow))
	}
	return answer, rows.Err()
}

func dateOrNone(day sql.Null[time.Time]) string {
	if !day.Valid {
		return "none"
	}
	return date(day.V)
}
