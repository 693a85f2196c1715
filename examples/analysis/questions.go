package main

import (
	"context"
	"database/sql"

	"gonum.org/v1/plot"
)

// question is something to ask of the flights.
type question struct {
	name  string // of the table with the answer, and of its files
	title string
	means string // of SQL, by which it is answered
	query string
	rows  int                                                       // that are printed
	chart func(ctx context.Context, db *sql.DB) (*plot.Plot, error) // nil for none
}

// questions are asked in this order.
var questions = []question{
	{
		name: "airports", title: "Which airports are the busiest, and how punctual are their flights?",
		means: "rank and a running sum over a window, percentiles", rows: 10, chart: airportsChart,
		query: `
		with departures as (
			select origin, count(*) as flights,
			       percentile_cont(array[0.5, 0.9]) within group (order by delay) as delays
			from flight group by origin
		)
		select rank() over (order by d.flights desc) as rank, d.origin as airport, a.city, a.state, d.flights,
		       round(100 * sum(d.flights) over (order by d.flights desc, d.origin) / sum(d.flights) over (), 1)
		         as percent_up_to_here,
		       d.delays[1]::numeric(6, 1) as median_delay, d.delays[2]::numeric(6, 1) as delay_90th, a.latitude, a.longitude
		from departures d left join airport a on a.iata = d.origin
		order by rank, airport`,
	},
	{
		name: "hours", title: "How late is one at which hour?",
		means: "several percentiles at once, of groups", rows: 24, chart: hoursChart,
		query: `
		select extract(hour from at)::int as hour, count(*) as flights,
		       percentile_cont(0.5) within group (order by delay)::numeric(6, 1) as median_delay,
		       percentile_cont(0.75) within group (order by delay)::numeric(6, 1) as delay_75th,
		       percentile_cont(0.9) within group (order by delay)::numeric(6, 1) as delay_90th
		from flight group by hour order by hour`,
	},
	{
		name: "days", title: "Which days were the worst, beside the week around them?",
		means: "a moving average over a window that leaves out its own row", rows: 10, chart: daysChart,
		query: `
		with daily as (
			select at::date as day, count(*) as flights, avg(delay)::float8 as delay
			from flight where at < '2001-07-01' -- of which the file has the first six flights
			group by 1
		), beside as (
			select *, avg(delay) over (order by day range between interval '3 days' preceding and interval '3 days' following
			                           exclude current row) as delay_around
			from daily
		)
		select day, to_char(day, 'Dy') as weekday, flights, round(delay::numeric, 1) as delay,
		       round(delay_around::numeric, 1) as delay_around, round((delay - delay_around)::numeric, 1) as worse_by
		from beside order by worse_by desc nulls last, day`,
	},
	{
		name: "week", title: "Is it the day of the week, or the time of the day?",
		means: "grouping sets: each pair, each by itself, and all", rows: 40,
		query: `
		with placed as (
			select extract(isodow from at)::int as number, to_char(at, 'Dy') as weekday,
			       case when extract(hour from at) < 6 then '1 night' when extract(hour from at) < 12 then '2 morning'
			            when extract(hour from at) < 18 then '3 afternoon' else '4 evening' end as part, delay
			from flight
		)
		select coalesce(weekday, 'all') as weekday, coalesce(part, 'all') as part_of_day, count(*) as flights,
		       round(100.0 * count(*) filter (where delay > 15) / count(*), 1) as percent_late
		from placed group by grouping sets (((number, weekday), part), ((number, weekday)), (part), ())
		order by number nulls last, part nulls last`,
	},
}
