package main

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/examples/internal/table"
)

// sqlx has to be told once that the driver's placeholders are $1, $2 and so on.
func init() { sqlx.BindDriver(pgadapt.DriverName, sqlx.DOLLAR) }

// drySpell is some days in a row without precipitation.
type drySpell struct {
	First   time.Time `db:"first_day"`
	Last    time.Time `db:"last_day"`
	Days    int       `db:"days"`
	Warmest float64   `db:"warmest"`
}

// longestDrySpells takes together the dry days that have the same distance from their number among all dry
// days. sqlx would read the second colon of a cast with :: as its own, hence the cast with cast.
const longestDrySpells = `
	select min(day) as first_day, max(day) as last_day, count(*) as days, max(temp_max) as warmest
	from (
		select day, temp_max, day - cast(row_number() over (order by day) as int) as spell
		from observation where precipitation = 0
	) as dry
	group by spell having count(*) >= :days
	order by days desc, first_day`

// drySpells shows sqlx on top of the same pool: named parameters, and a slice of structs in one call.
func drySpells(ctx context.Context, db *sql.DB) (*table.Table, error) {
	stmt, err := sqlx.NewDb(db, pgadapt.DriverName).PrepareNamedContext(ctx, longestDrySpells)
	if err != nil {
		return nil, err
	}
	defer stmt.Close()

	var spells []drySpell
	if err := stmt.SelectContext(ctx, &spells, map[string]any{"days": 20}); err != nil {
		return nil, err
	}
	answer := table.New("first day", "last day", "days", "warmest °C")
	for _, spell := range spells {
		answer.Add(date(spell.First), date(spell.Last), strconv.Itoa(spell.Days), degrees(spell.Warmest))
	}
	return answer, nil
}
