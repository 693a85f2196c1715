package report

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/pgadapt/pgadapt/bench/drivers"
	"github.com/pgadapt/pgadapt/bench/measure"
)

// WriteHead says what was measured where.
func (r *Report) WriteHead(w io.Writer) error {
	_, err := fmt.Fprintf(w, "%s, PostgreSQL %s, %s/%s, %d cores of %s\n", r.Go, r.Server,
		r.Machine.OS, r.Machine.Arch, r.Machine.Cores, orUnknown(r.Machine.CPU))
	if err != nil {
		return err
	}
	for _, driver := range drivers.All() {
		if version, ok := r.Versions[driver.Name()]; ok {
			if _, err := fmt.Fprintf(w, "  %s %s\n", driver.Name(), version); err != nil {
				return err
			}
		}
	}
	return nil
}

func orUnknown(name string) string {
	if name == "" {
		return "an unknown processor"
	}
	return name
}

// WriteTable writes the costs of one operation with each driver and how the subject compares.
func (r Result) WriteTable(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "%s/%s\tCPU\twall\tallocs\tbytes\t\n", r.Family, r.Case)
	for _, driver := range drivers.All() {
		cost, ok := r.Costs[driver.Name()]
		if !ok {
			fmt.Fprintf(table, "%s\t-\t-\t-\t-\t\n", driver.Name())
			continue
		}
		fmt.Fprintf(table, "%s\t%v\t%v\t%s\t%.0f\t\n", driver.Name(),
			shortDuration(cost.CPU), shortDuration(cost.Wall), shortCount(cost.Allocs), cost.Bytes)
	}
	r.BestPeer.writeLine(table, "to best peer")
	r.Wire.writeLine(table, "to pgconn")
	r.Empty.writeLine(table, "to empty")
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w)
	return err
}

func (r Ratios) writeLine(w io.Writer, label string) {
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t\n", label, ratioText(r.CPU), ratioText(r.Wall), ratioText(r.Allocs), ratioText(r.Bytes))
}

func ratioText(ratio *measure.Ratio) string {
	if ratio == nil {
		return "-"
	}
	return fmt.Sprintf("x %.2f", ratio.Median)
}

// shortDuration rounds to three digits.
func shortDuration(nanoseconds float64) time.Duration {
	unit := time.Duration(1)
	for duration := time.Duration(nanoseconds); duration >= 1000*unit; unit *= 10 {
	}
	return time.Duration(nanoseconds).Round(unit)
}

// shortCount shows parts only where they matter.
func shortCount(count float64) string {
	if count < 10 {
		return fmt.Sprintf("%.1f", count)
	}
	return fmt.Sprintf("%.0f", count)
}

// WriteSummary writes one line for each workload: the subject's share of what the best peer, pgconn, and both floors need.
func (r *Report) WriteSummary(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintf(table, "%s\tCPU / best peer\tCPU / pgconn\tCPU / both\tallocs / best peer\tallocs\tpgconn\tempty\n", drivers.PgAdapt.Name())
	for _, result := range r.Results {
		fmt.Fprintf(table, "%s/%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", result.Family, result.Case,
			rangeText(result.BestPeer.CPU, true), rangeText(result.Wire.CPU, false), rangeText(result.Floors.Subject, false), rangeText(result.BestPeer.Allocs, true),
			result.allocsText(drivers.PgAdapt), result.allocsText(drivers.PgConn), result.allocsText(drivers.Empty))
	}
	return table.Flush()
}

func (r Result) allocsText(driver drivers.Driver) string {
	cost, ok := r.Costs[driver.Name()]
	if !ok {
		return "-"
	}
	return shortCount(cost.Allocs)
}

// rangeText shows a ratio with its quartiles.
func rangeText(ratio *measure.Ratio, named bool) string {
	if ratio == nil {
		return "-"
	}
	text := fmt.Sprintf("%.2f (%.2f-%.2f)", ratio.Median, ratio.Low, ratio.High)
	if named {
		text += " " + ratio.To
	}
	return text
}
