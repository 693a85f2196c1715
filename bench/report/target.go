package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/pgadapt/pgadapt/bench/drivers"
	"github.com/pgadapt/pgadapt/bench/measure"
)

// target is what a driver that is worth changing to should reach.
type target struct {
	// what is said of it, and limit what the measure must not exceed.
	what    string
	limit   float64
	measure func(Result) (float64, bool)
	// floors is what measure would give for both floors together, nil where that says nothing.
	floors func(Result) (float64, bool)
}

// outcome is a target beside what was reached.
type outcome struct {
	target
	result  Result
	got     float64
	reached bool
}

// targetsOf gives the targets of a workload on the newest Go, where the driver scans into the destinations itself.
func targetsOf(result Result) []target {
	switch {
	case result.Family == "rows" || strings.Contains(result.Case, "array"):
		return []target{
			{"CPU of the best peer", 0.5, toBestPeer, floorsToBestPeer},
			{"CPU of pgconn", 1.35, toWire, floorsToWire},
		}
	case result.Family == "single" || result.is("write/insert"):
		return []target{
			{"CPU of the best peer", 0.9, toBestPeer, floorsToBestPeer},
			{"allocations above the empty driver", 2, allocsAboveEmpty, nil},
		}
	case result.is("copy/in-100000"):
		return []target{
			{"CPU of pgx", 1, toPGX(measure.CPU), nil},
			{"allocations of pgx", 0.5, toPGX(measure.Allocs), nil},
		}
	case result.is("connections/connect"):
		return []target{{"bytes of pgx", 0.5, toPGX(measure.Bytes), nil}}
	case result.Family == "large":
		const megabyte = 1 << 20
		return []target{{"copies of the megabyte", 1.5, func(r Result) (float64, bool) {
			return r.Costs[drivers.PgAdapt.Name()].Bytes / megabyte, true
		}, nil}}
	}
	return nil
}

// oldTargetsOf gives the targets on the oldest Go, where database/sql converts what it is given.
func oldTargetsOf(result Result) []target {
	if result.Family == "rows" {
		return []target{{"CPU of the best peer", 0.9, toBestPeer, floorsToBestPeer}}
	}
	return []target{{"CPU of the best peer", 1, toBestPeer, floorsToBestPeer}}
}

func (r Result) is(name string) bool { return r.Family+"/"+r.Case == name }

func toBestPeer(r Result) (float64, bool) { return medianOf(r.BestPeer.CPU) }

func toWire(r Result) (float64, bool) { return medianOf(r.Wire.CPU) }

func floorsToBestPeer(r Result) (float64, bool) { return medianOf(r.Floors.BestPeer) }

func floorsToWire(r Result) (float64, bool) { return medianOf(r.Floors.Wire) }

func medianOf(ratio *measure.Ratio) (float64, bool) {
	if ratio == nil {
		return 0, false
	}
	return ratio.Median, true
}

func toPGX(metric measure.Metric) func(Result) (float64, bool) {
	return func(r Result) (float64, bool) {
		other, ok := r.Costs[drivers.PGX.Name()]
		return metric(r.Costs[drivers.PgAdapt.Name()]) / metric(other), ok
	}
}

func allocsAboveEmpty(r Result) (float64, bool) {
	floor, ok := r.Costs[drivers.Empty.Name()]
	return r.Costs[drivers.PgAdapt.Name()].Allocs - floor.Allocs, ok
}

// outcomes compares a report with its targets.
func (r *Report) outcomes(targets func(Result) []target) []outcome {
	var all []outcome
	for _, result := range r.Results {
		for _, target := range targets(result) {
			if got, ok := target.measure(result); ok {
				all = append(all, outcome{target: target, result: result, got: got, reached: printed(got) <= target.limit})
			}
		}
	}
	return all
}

// printed is a measure as String shows it: what is reached to the eye is reached.
func printed(got float64) float64 { return math.Round(got*100) / 100 }

func (o outcome) String() string {
	text := fmt.Sprintf("%s/%s: %.2f of at most %.2f, %s", o.result.Family, o.result.Case, o.got, o.limit, o.what)
	if o.floors == nil {
		return text
	}
	if floors, ok := o.floors(o.result); ok {
		text += fmt.Sprintf("; both floors together are %.2f", floors)
	}
	return text
}
