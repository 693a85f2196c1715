package report

import (
	"time"

	"github.com/pgadapt/pgadapt/bench/drivers"
	"github.com/pgadapt/pgadapt/bench/measure"
)

// Report is a whole run, as it is written to the JSON file.
type Report struct {
	// Recorded is when the run began.
	Recorded time.Time `json:"recorded"`
	// Machine is where it ran.
	Machine Machine `json:"machine"`
	// Go is the version of Go that built the command.
	Go string `json:"go"`
	// Server is the version of PostgreSQL.
	Server string `json:"server"`
	// Versions has the module version of each driver, by the driver's name.
	Versions map[string]string `json:"versions"`
	// Rounds is the number of slots that each driver had for each workload.
	Rounds int `json:"rounds"`
	// Slot is about how long a slot took, in milliseconds.
	Slot int64 `json:"slot_ms"`
	// Results has a result for each workload.
	Results []Result `json:"results,omitempty"`
	// Sweeps has a result for each sweep.
	Sweeps []Sweep `json:"sweeps,omitempty"`
}

// Result is what one workload costs.
type Result struct {
	// Family and Case are the two parts of the workload's name.
	Family string `json:"family"`
	Case   string `json:"case"`
	// Costs has the medians of each driver that can do the workload, by the driver's name.
	Costs map[string]measure.Cost `json:"costs"`
	// BestPeer compares the subject with the peer that is best in each metric.
	BestPeer Ratios `json:"subject_to_best_peer"`
	// Wire compares the subject with the protocol itself.
	Wire Ratios `json:"subject_to_pgconn"`
	// Empty compares the subject with database/sql itself.
	Empty Ratios `json:"subject_to_empty"`
	// Floors tells about the processor time of pgconn and the empty driver together.
	Floors Floors `json:"floors"`
}

// Floors has ratios of processor times, with the sum of both floors: who reads by pgconn and gives to database/sql has to
// do what both of them do. Each is nil where there is none.
type Floors struct {
	// Subject is the subject's to the floors'.
	Subject *measure.Ratio `json:"subject_to_floors,omitempty"`
	// BestPeer is the floors' to that of the peer that is best.
	BestPeer *measure.Ratio `json:"floors_to_best_peer,omitempty"`
	// Wire is the floors' to that of the protocol itself.
	Wire *measure.Ratio `json:"floors_to_pgconn,omitempty"`
}

// Ratios has the ratio of each metric; nil where there is none.
type Ratios struct {
	// CPU is the ratio of processor times.
	CPU *measure.Ratio `json:"cpu,omitempty"`
	// Wall is the ratio of the times that passed.
	Wall *measure.Ratio `json:"wall,omitempty"`
	// Allocs is the ratio of the numbers of allocations.
	Allocs *measure.Ratio `json:"allocs,omitempty"`
	// Bytes is the ratio of the bytes allocated.
	Bytes *measure.Ratio `json:"bytes,omitempty"`
}

// NewResult sums a comparison up.
func NewResult(comparison *measure.Comparison) Result {
	result := Result{
		Family: comparison.Workload.Family(),
		Case:   comparison.Workload.Case(),
		Costs:  map[string]measure.Cost{},
	}
	for _, driver := range drivers.All() {
		if cost, ok := comparison.Median(driver.Name()); ok {
			result.Costs[driver.Name()] = cost
		}
	}
	result.BestPeer = newRatios(comparison, peers())
	result.Wire = newRatios(comparison, []string{drivers.PgConn.Name()})
	result.Empty = newRatios(comparison, []string{drivers.Empty.Name()})
	result.Floors = newFloors(comparison)
	return result
}

// newRatios compares the subject with the best of others, metric by metric.
func newRatios(comparison *measure.Comparison, others []string) Ratios {
	ratio := func(metric measure.Metric) *measure.Ratio {
		best, ok := comparison.Best(others, metric)
		if !ok {
			return nil
		}
		return ratioOf(comparison, []string{drivers.PgAdapt.Name()}, []string{best}, metric)
	}
	return Ratios{
		CPU: ratio(measure.CPU), Wall: ratio(measure.Wall),
		Allocs: ratio(measure.Allocs), Bytes: ratio(measure.Bytes),
	}
}

func newFloors(comparison *measure.Comparison) Floors {
	wire := []string{drivers.PgConn.Name()}
	both := []string{drivers.PgConn.Name(), drivers.Empty.Name()}
	floors := Floors{
		Subject: ratioOf(comparison, []string{drivers.PgAdapt.Name()}, both, measure.CPU),
		Wire:    ratioOf(comparison, both, wire, measure.CPU),
	}
	if best, ok := comparison.Best(peers(), measure.CPU); ok {
		floors.BestPeer = ratioOf(comparison, both, []string{best}, measure.CPU)
	}
	return floors
}

// ratioOf is Ratio with nil where there is none.
func ratioOf(comparison *measure.Comparison, names, to []string, metric measure.Metric) *measure.Ratio {
	ratio, ok := comparison.Ratio(names, to, metric)
	if !ok {
		return nil
	}
	return &ratio
}

func peers() []string {
	var names []string
	for _, driver := range drivers.All() {
		if driver.Role() == drivers.Peer {
			names = append(names, driver.Name())
		}
	}
	return names
}

// Families gives the results of each family, in the order of the run.
func (r *Report) Families() [][]Result {
	var families [][]Result
	for _, result := range r.Results {
		last := len(families) - 1
		if last >= 0 && families[last][0].Family == result.Family {
			families[last] = append(families[last], result)
			continue
		}
		families = append(families, []Result{result})
	}
	return families
}
