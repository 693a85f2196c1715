package report

import (
	"fmt"
	"math"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/pgadapt/pgadapt/bench/drivers"
)

const (
	sweepWidth  = 24 * vg.Centimeter
	sweepHeight = 10 * vg.Centimeter
)

// smallestMemory is the least that is told apart: below it, what the program itself does is seen.
const smallestMemory = 1 << 10

// WriteChart draws a sweep into a folder: processor time on the left, memory on the right, both on logarithmic axes.
func (s Sweep) WriteChart(folder string) error {
	cost, err := s.newChart(fmt.Sprintf("client %s of one %s", chartedName(), s.Unit), durationText,
		func(point SweepPoint, driver string) (float64, bool) {
			cpu, ok := point.CPU[driver]
			return cpu, ok
		})
	if err != nil {
		return fmt.Errorf("report: chart of %s: %w", s.Name, err)
	}
	memory, err := s.newChart("most live memory of the client", byteText,
		func(point SweepPoint, driver string) (float64, bool) {
			bytes, ok := point.Memory[driver]
			return max(bytes, smallestMemory), ok
		})
	if err != nil {
		return fmt.Errorf("report: chart of %s: %w", s.Name, err)
	}
	memory.Legend.Top, memory.Legend.Left, memory.Legend.XOffs = true, true, 2*vg.Millimeter
	cost.Legend = plot.NewLegend() // one is enough
	if err := savePicture(sideBySide(cost, memory), filepath.Join(folder, "sweep-"+s.Name+".svg")); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// sideBySide lays two plots out in one picture.
func sideBySide(left, right *plot.Plot) *vgsvg.Canvas {
	picture := vgsvg.New(sweepWidth, sweepHeight)
	canvas := draw.New(picture)
	canvas.SetColor(left.BackgroundColor)
	canvas.Fill(canvas.Rectangle.Path())
	tiles := draw.Tiles{Rows: 1, Cols: 2, PadX: vg.Centimeter, PadLeft: vg.Millimeter, PadRight: 4 * vg.Millimeter, PadTop: vg.Millimeter}
	plots := [][]*plot.Plot{{left, right}}
	for i, tile := range plot.Align(plots, tiles, canvas)[0] {
		plots[0][i].Draw(tile)
	}
	return picture
}

// newChart draws a line for each driver.
func (s Sweep) newChart(title string, label func(float64) string, read func(SweepPoint, string) (float64, bool)) (*plot.Plot, error) {
	chart := plot.New()
	chart.Title.Text = title
	chart.X.Label.Text = s.Axis
	useSansSerif(chart)
	chart.X.Scale, chart.Y.Scale = plot.LogScale{}, plot.LogScale{}
	chart.X.Min, chart.X.Max = float64(s.Points[0].Size), float64(s.Points[len(s.Points)-1].Size)
	chart.X.Tick.Marker = plot.ConstantTicks(s.sizeTicks())
	chart.Legend.Padding = vg.Millimeter
	grid := plotter.NewGrid()
	grid.Vertical.Width = 0
	chart.Add(grid)
	lowest, highest := math.Inf(1), 0.0
	for _, driver := range chartedDrivers() {
		var line plotter.XYs
		for _, point := range s.Points {
			if y, ok := read(point, driver.Name()); ok && y > 0 {
				line = append(line, plotter.XY{X: float64(point.Size), Y: y})
				lowest, highest = min(lowest, y), max(highest, y)
			}
		}
		if err := addLine(chart, driver, line); err != nil {
			return nil, err
		}
	}
	chart.Y.Min, chart.Y.Max = lowest/1.5, highest*8 // the legend stands above the lines
	chart.Y.Tick.Marker = logTicks(label)
	return chart, nil
}

func addLine(chart *plot.Plot, driver drivers.Driver, points plotter.XYs) error {
	if len(points) == 0 {
		return nil
	}
	line, marks, err := plotter.NewLinePoints(points)
	if err != nil {
		return err
	}
	line.Color, marks.Color = barColors[driver.Name()], barColors[driver.Name()]
	line.Width, marks.Radius, marks.Shape = vg.Points(1.5), vg.Points(2), draw.CircleGlyph{}
	if driver.Role() == drivers.Floor {
		line.Dashes = []vg.Length{vg.Points(4), vg.Points(2)}
	}
	chart.Add(line, marks)
	chart.Legend.Add(legendName(driver), line, marks)
	return nil
}

// sizeTicks marks the sizes that were measured.
func (s Sweep) sizeTicks() []plot.Tick {
	ticks := make([]plot.Tick, len(s.Points))
	for i, point := range s.Points {
		ticks[i] = plot.Tick{Value: float64(point.Size), Label: sizeText(point.Size)}
	}
	return ticks
}

// sizeText shortens thousands, and powers of 1024.
func sizeText(size int) string {
	switch {
	case size >= 1<<20 && size%(1<<20) == 0:
		return fmt.Sprint(size>>20, " Mi")
	case size >= 1<<10 && size%(1<<10) == 0:
		return fmt.Sprint(size>>10, " Ki")
	case size >= 1e6 && size%1e6 == 0:
		return fmt.Sprint(size/1e6, " M")
	case size >= 1e3 && size%1e3 == 0:
		return fmt.Sprint(size/1e3, " k")
	}
	return fmt.Sprint(size)
}

// logTicks marks the powers of ten between the ends of an axis.
type logTicks func(value float64) string

// Ticks implements plot.Ticker.
func (label logTicks) Ticks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for power := math.Pow(10, math.Ceil(math.Log10(low))); power <= high; power *= 10 {
		ticks = append(ticks, plot.Tick{Value: power, Label: label(power)})
	}
	return ticks
}

func durationText(nanoseconds float64) string { return shortDuration(nanoseconds).String() }

// byteText gives a number of bytes in its largest decimal unit.
func byteText(bytes float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}} {
		if bytes >= unit.size {
			return fmt.Sprintf("%.3g %s", bytes/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%.0f B", bytes)
}
