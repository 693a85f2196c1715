package report

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/pgadapt/pgadapt/bench/drivers"
	"github.com/pgadapt/pgadapt/bench/measure"
)

// longestBar is the ratio at which a bar is cut; its label shows the number.
const longestBar = 3.0

// Sizes of a chart.
const (
	barWidth   = 3 * vg.Millimeter
	groupGap   = 4 * vg.Millimeter
	chartWidth = 18 * vg.Centimeter
	chartFrame = 3 * vg.Centimeter
)

// barColors are told apart by people who see colours in another way, too (the palette of Okabe and Ito).
var barColors = map[string]color.Color{
	drivers.PgAdapt.Name():  color.RGBA{R: 0x00, G: 0x72, B: 0xb2, A: 0xff},
	drivers.LibPQ.Name():    color.RGBA{R: 0xe6, G: 0x9f, B: 0x00, A: 0xff},
	drivers.PGX.Name():      color.RGBA{R: 0xd5, G: 0x5e, B: 0x00, A: 0xff},
	drivers.PgDriver.Name(): color.RGBA{R: 0xcc, G: 0x79, B: 0xa7, A: 0xff},
	drivers.PgConn.Name():   color.RGBA{R: 0x99, G: 0x99, B: 0x99, A: 0xff},
}

// WriteCharts writes one SVG file for each family into a folder.
func (r *Report) WriteCharts(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	for _, sweep := range r.Sweeps {
		if err := sweep.WriteChart(folder); err != nil {
			return err
		}
	}
	for _, family := range r.Families() {
		chart, height, err := r.newChart(family)
		if err != nil {
			return fmt.Errorf("report: chart of %s: %w", family[0].Family, err)
		}
		if err := save(chart, height, filepath.Join(folder, family[0].Family+".svg")); err != nil {
			return fmt.Errorf("report: %w", err)
		}
	}
	return nil
}

// save writes a chart as SVG.
func save(chart *plot.Plot, height vg.Length, path string) error {
	picture, err := chart.WriterTo(chartWidth, height, "svg")
	if err != nil {
		return err
	}
	return savePicture(picture, path)
}

// savePicture writes SVG. Arial and Helvetica have the same widths as the face that the picture was laid out with,
// which not every reader has.
func savePicture(picture io.WriterTo, path string) error {
	var svg bytes.Buffer
	if _, err := picture.WriteTo(&svg); err != nil {
		return err
	}
	text := bytes.ReplaceAll(svg.Bytes(), []byte("font-family:Liberation Sans"),
		[]byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif"))
	return os.WriteFile(path, text, 0o644)
}

// newChart draws a group of bars for each workload, the first on top: a driver's processor time as a share of
// the best peer's.
func (r *Report) newChart(family []Result) (*plot.Plot, vg.Length, error) {
	results := slices.Clone(family)
	slices.Reverse(results) // plots grow upwards
	shown := chartedDrivers()
	chart := plot.New()
	chart.Title.Text = fmt.Sprintf("%s: client %s of one operation, best other driver = 1", family[0].Family, chartedName())
	chart.X.Label.Text = fmt.Sprintf("shorter is better, bars end at %.0f; %s, PostgreSQL %s, %s",
		longestBar, r.Go, firstWord(r.Server), orUnknown(r.Machine.CPU))
	useSansSerif(chart)
	group := vg.Length(len(shown))*barWidth + groupGap
	for i, driver := range shown {
		offset := (vg.Length(len(shown)-1)/2 - vg.Length(i)) * barWidth
		if err := addBars(chart, results, driver, offset); err != nil {
			return nil, 0, err
		}
	}
	layOut(chart, results)
	return chart, vg.Length(len(results))*group + chartFrame, nil
}

// chartedDrivers are those that talk to a server.
func chartedDrivers() []drivers.Driver {
	return slices.DeleteFunc(drivers.All(), func(d drivers.Driver) bool { return barColors[d.Name()] == nil })
}

// chartedMetric is wall time where the system tells no processor time.
func chartedMetric(cost measure.Cost) float64 {
	if measure.MeasuresCPU {
		return cost.CPU
	}
	return cost.Wall
}

func chartedName() string {
	if measure.MeasuresCPU {
		return "CPU time"
	}
	return "wall time"
}

// addBars adds the bars of one driver. One that cannot do a workload has no bar there.
func addBars(chart *plot.Plot, results []Result, driver drivers.Driver, offset vg.Length) error {
	lengths := make(plotter.Values, len(results))
	labels := plotter.XYLabels{XYs: make(plotter.XYs, len(results)), Labels: make([]string, len(results))}
	for i, result := range results {
		ratio, ok := result.shareOfBestPeer(driver.Name())
		if !ok {
			continue
		}
		lengths[i] = min(ratio, longestBar)
		labels.XYs[i] = plotter.XY{X: lengths[i], Y: float64(i)}
		labels.Labels[i] = fmt.Sprintf(" %.2f", ratio)
	}
	bars, err := plotter.NewBarChart(lengths, barWidth)
	if err != nil {
		return err
	}
	bars.Horizontal, bars.Offset, bars.LineStyle.Width = true, offset, 0
	bars.Color = barColors[driver.Name()]
	numbers, err := plotter.NewLabels(labels)
	if err != nil {
		return err
	}
	for i := range numbers.TextStyle {
		numbers.TextStyle[i].Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: 7}
		numbers.TextStyle[i].YAlign = -0.4
	}
	numbers.Offset = vg.Point{Y: offset}
	chart.Add(bars, numbers)
	chart.Legend.Add(legendName(driver), bars)
	return nil
}

func legendName(driver drivers.Driver) string {
	if driver.Role() == drivers.Floor {
		return driver.Name() + " (floor)"
	}
	return driver.Name()
}

// firstWord leaves out what a distribution adds to a version.
func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

// shareOfBestPeer gives the driver's cost as a share of the lowest of the peers.
func (r Result) shareOfBestPeer(driver string) (float64, bool) {
	cost, ok := r.Costs[driver]
	if !ok {
		return 0, false
	}
	var lowest float64
	for _, peer := range peers() {
		if other, ok := r.Costs[peer]; ok && (lowest == 0 || chartedMetric(other) < lowest) {
			lowest = chartedMetric(other)
		}
	}
	if lowest == 0 {
		return 0, false
	}
	return chartedMetric(cost) / lowest, true
}

// layOut names the groups and marks the best peer.
func layOut(chart *plot.Plot, results []Result) {
	names := make([]string, len(results))
	for i, result := range results {
		names[i] = "   " + result.Case // keeps the longest name off the edge
	}
	chart.NominalY(names...)
	chart.X.Min, chart.X.Max = 0, longestBar+0.7 // the legend stands beside the bars
	chart.X.Tick.Marker = plot.ConstantTicks(ratioTicks())
	chart.Y.Min, chart.Y.Max = -0.5, float64(len(results))-0.5
	one, _ := plotter.NewLine(plotter.XYs{{X: 1, Y: -0.5}, {X: 1, Y: float64(len(results)) - 0.5}})
	one.LineStyle.Dashes = []vg.Length{vg.Points(2), vg.Points(2)}
	chart.Add(one)
	chart.Legend.Top, chart.Legend.Padding, chart.Legend.XOffs = true, vg.Millimeter, -2*vg.Millimeter
}

func ratioTicks() []plot.Tick {
	var ticks []plot.Tick
	for ratio := 0.0; ratio <= longestBar; ratio += 0.5 {
		ticks = append(ticks, plot.Tick{Value: ratio, Label: fmt.Sprintf("%.1f", ratio)})
	}
	return ticks
}

// useSansSerif replaces the serif face that plots begin with.
func useSansSerif(chart *plot.Plot) {
	for _, style := range []*font.Font{
		&chart.Title.TextStyle.Font, &chart.X.Label.TextStyle.Font, &chart.X.Tick.Label.Font,
		&chart.Y.Tick.Label.Font, &chart.Legend.TextStyle.Font,
	} {
		style.Typeface, style.Variant = "Liberation", "Sans"
	}
	chart.Title.TextStyle.Font.Size = 11
	chart.X.Label.TextStyle.Font.Size = 8
	chart.X.Tick.Label.Font.Size = 8
	chart.Y.Tick.Label.Font.Size = 9
	chart.Legend.TextStyle.Font.Size = 8
}
