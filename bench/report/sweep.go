package report

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/pgadapt/pgadapt/bench/drivers"
	"github.com/pgadapt/pgadapt/bench/measure"
	"github.com/pgadapt/pgadapt/bench/workload"
)

// Sweep is what the same work costs in growing sizes.
type Sweep struct {
	// Name, Axis and Unit are those of the workload's sweep.
	Name string `json:"name"`
	Axis string `json:"axis"`
	Unit string `json:"unit"`
	// Points has the sizes, smallest first.
	Points []SweepPoint `json:"points"`
}

// SweepPoint is one size of a sweep.
type SweepPoint struct {
	// Size is the size.
	Size int `json:"size"`
	// CPU is the processor time of one unit in nanoseconds, by the driver's name.
	CPU map[string]float64 `json:"cpu_ns"`
	// Memory is the most live heap memory during an operation in bytes, by the driver's name.
	Memory map[string]float64 `json:"memory_bytes"`
}

// Add sums up what was measured of the next point.
func (s *Sweep) Add(point workload.Point, comparison *measure.Comparison) {
	summed := SweepPoint{Size: point.Size, CPU: map[string]float64{}, Memory: comparison.Memory}
	for _, driver := range drivers.All() {
		if cost, ok := comparison.Median(driver.Name()); ok {
			summed.CPU[driver.Name()] = chartedMetric(cost) / float64(point.Units)
		}
	}
	s.Points = append(s.Points, summed)
}

// WriteTable writes a line for each size.
func (s Sweep) WriteTable(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "%s\t", s.Axis)
	for _, driver := range chartedDrivers() {
		fmt.Fprintf(table, "%s\t\t", driver.Name())
	}
	fmt.Fprintln(table)
	for _, point := range s.Points {
		fmt.Fprintf(table, "%d\t", point.Size)
		for _, driver := range chartedDrivers() {
			fmt.Fprintf(table, "%v/%s\t%s\t", shortDuration(point.CPU[driver.Name()]), s.Unit,
				byteText(point.Memory[driver.Name()]))
		}
		fmt.Fprintln(table)
	}
	fmt.Fprintln(table)
	return table.Flush()
}
