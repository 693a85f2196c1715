package main

import (
	"context"
	"database/sql"
	"image/color"
	"math"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/pgadapt/pgadapt"
)

const (
	chartWidth  = 9 * vg.Inch
	chartHeight = 5 * vg.Inch
)

// The colours are told apart by people who do not see all colours, too.
var (
	blue   = color.RGBA{R: 0, G: 114, B: 178, A: 255}
	orange = color.RGBA{R: 230, G: 159, B: 0, A: 255}
	red    = color.RGBA{R: 213, G: 94, B: 0, A: 255}
)

// newChart makes a chart with a grid.
func newChart(title, x, y string) *plot.Plot {
	chart := plot.New()
	chart.Title.Text, chart.X.Label.Text, chart.Y.Label.Text = title, x, y
	chart.Legend.Top, chart.Legend.Left = true, true
	chart.Add(plotter.NewGrid())
	return chart
}

// addLine adds a line with its place in the legend.
func addLine(chart *plot.Plot, name string, points plotter.XYs, colour color.Color) error {
	line, err := plotter.NewLine(points)
	if err != nil {
		return err
	}
	line.Color, line.Width = colour, vg.Points(1.5)
	chart.Add(line)
	chart.Legend.Add(name, line)
	return nil
}

// hoursChart draws the percentiles of the delay over the hours.
func hoursChart(ctx context.Context, db *sql.DB) (*plot.Plot, error) {
	type hour struct {
		Hour                              float64
		MedianDelay, Delay75th, Delay90th float64
	}
	hours, err := pgadapt.Collect[hour](db.QueryContext(ctx,
		"select hour, median_delay, delay_75th, delay_90th from hours order by hour"))
	if err != nil {
		return nil, err
	}
	var median, upper, highest plotter.XYs
	for _, h := range hours {
		median = append(median, plotter.XY{X: h.Hour, Y: h.MedianDelay})
		upper = append(upper, plotter.XY{X: h.Hour, Y: h.Delay75th})
		highest = append(highest, plotter.XY{X: h.Hour, Y: h.Delay90th})
	}
	chart := newChart("Delay by hour of the day", "hour", "minutes")
	chart.Legend.Left = false // few flights leave at night, and those that do are very late
	for _, line := range []struct {
		name   string
		points plotter.XYs
		colour color.Color
	}{{"one of ten is later than this", highest, red}, {"one of four", upper, orange}, {"every other one", median, blue}} {
		if err := addLine(chart, line.name, line.points, line.colour); err != nil {
			return nil, err
		}
	}
	return chart, nil
}

// daysChart draws the delay of each day and of the week around it.
func daysChart(ctx context.Context, db *sql.DB) (*plot.Plot, error) {
	type day struct {
		Day         time.Time
		Delay       float64
		DelayAround *float64 // NULL for a day that has no other near it
	}
	days, err := pgadapt.Collect[day](db.QueryContext(ctx, "select day, delay, delay_around from days order by day"))
	if err != nil {
		return nil, err
	}
	var each, around plotter.XYs
	for _, d := range days {
		x := float64(d.Day.Unix())
		each = append(each, plotter.XY{X: x, Y: d.Delay})
		if d.DelayAround != nil {
			around = append(around, plotter.XY{X: x, Y: *d.DelayAround})
		}
	}
	chart := newChart("Average delay of the day", "", "minutes")
	chart.X.Tick.Marker = plot.TimeTicks{Format: "2 Jan 2006"}
	if err := addLine(chart, "day", each, orange); err != nil {
		return nil, err
	}
	return chart, addLine(chart, "the three days before and after it", around, blue)
}

// airportsChart draws a map: the size of a point is the number of flights, and its colour how late one of ten is.
func airportsChart(ctx context.Context, db *sql.DB) (*plot.Plot, error) {
	type place struct {
		Longitude, Latitude float64
		Flights             float64
		Delay90th           float64 `db:"delay_90th"`
	}
	// Alaska, Hawaii and the islands would leave little room for the others.
	places, err := pgadapt.Collect[place](db.QueryContext(ctx, `
		select longitude, latitude, flights, delay_90th from airports
		where longitude between -126 and -66 and latitude between 24 and 50 order by flights desc`))
	if err != nil {
		return nil, err
	}
	var points plotter.XYs
	most := 1.0
	for _, p := range places {
		points = append(points, plotter.XY{X: p.Longitude, Y: p.Latitude})
		most = math.Max(most, p.Flights)
	}
	scatter, err := plotter.NewScatter(points)
	if err != nil {
		return nil, err
	}
	scatter.GlyphStyleFunc = func(i int) draw.GlyphStyle {
		return draw.GlyphStyle{
			Color: lateness(places[i].Delay90th), Shape: draw.CircleGlyph{},
			Radius: vg.Points(1.5 + 10*math.Sqrt(places[i].Flights/most)),
		}
	}
	chart := newChart("Flights from each airport; blue to red: one of ten is 20 to 50 minutes late", "longitude", "latitude")
	chart.Add(scatter)
	return chart, nil
}

// lateness gives a colour between blue, for up to 20 minutes, and red, for 50 and more.
func lateness(minutes float64) color.Color {
	part := math.Min(math.Max((minutes-20)/30, 0), 1)
	mix := func(from, to uint8) uint8 { return uint8(float64(from)*(1-part) + float64(to)*part) }
	return color.RGBA{R: mix(blue.R, red.R), G: mix(blue.G, red.G), B: mix(blue.B, red.B), A: 255}
}
