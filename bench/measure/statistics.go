package measure

import (
	"slices"
	"strings"
)

// Metric reads one number of a cost.
type Metric func(Cost) float64

// CPU is the metric of the processor time.
func CPU(c Cost) float64 { return c.CPU }

// Wall is the metric of the time that passed.
func Wall(c Cost) float64 { return c.Wall }

// Allocs is the metric of the number of allocations.
func Allocs(c Cost) float64 { return c.Allocs }

// Bytes is the metric of the bytes allocated.
func Bytes(c Cost) float64 { return c.Bytes }

// Median gives the median of each number of a driver's cost over the rounds; false where the driver did not
// take part.
func (c *Comparison) Median(driver string) (Cost, bool) {
	if _, ok := c.Rounds[0][driver]; !ok {
		return Cost{}, false
	}
	return Cost{
		CPU:    median(c.series(driver, CPU)),
		Wall:   median(c.series(driver, Wall)),
		Allocs: median(c.series(driver, Allocs)),
		Bytes:  median(c.series(driver, Bytes)),
	}, true
}

func (c *Comparison) series(driver string, metric Metric) []float64 {
	values := make([]float64, len(c.Rounds))
	for i, round := range c.Rounds {
		values[i] = metric(round[driver])
	}
	return values
}

// Best gives the driver with the lowest median of a metric; false where none of them took part.
func (c *Comparison) Best(names []string, metric Metric) (best string, found bool) {
	var lowest float64
	for _, name := range names {
		cost, ok := c.Median(name)
		if ok && (!found || metric(cost) < lowest) {
			best, lowest, found = name, metric(cost), true
		}
	}
	return best, found
}

// Ratio is how one driver compares with another.
type Ratio struct {
	// To is the driver that the ratio is to, or several with " + " in between.
	To string `json:"to"`
	// Median is the median of the ratios that were formed round by round.
	Median float64 `json:"median"`
	// Low and High are their first and third quartile.
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Ratio compares a metric of drivers: what those of the first list need together with what those of the second do. It is
// false where one of them did not take part or the second sum is 0.
func (c *Comparison) Ratio(drivers, to []string, metric Metric) (Ratio, bool) {
	var ratios []float64
	for _, round := range c.Rounds {
		numerator, ok := sumOf(round, drivers, metric)
		denominator, okTo := sumOf(round, to, metric)
		if ok && okTo && denominator > 0 {
			ratios = append(ratios, numerator/denominator)
		}
	}
	if len(ratios) == 0 {
		return Ratio{}, false
	}
	return Ratio{
		To: strings.Join(to, " + "), Median: median(ratios), Low: quantile(ratios, 0.25), High: quantile(ratios, 0.75),
	}, true
}

func sumOf(round map[string]Cost, drivers []string, metric Metric) (sum float64, ok bool) {
	for _, driver := range drivers {
		cost, ok := round[driver]
		if !ok {
			return 0, false
		}
		sum += metric(cost)
	}
	return sum, true
}

func median(values []float64) float64 { return quantile(values, 0.5) }

// quantile interpolates between the two nearest values.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	position := q * float64(len(sorted)-1)
	below := int(position)
	if below == len(sorted)-1 {
		return sorted[below]
	}
	return sorted[below] + (position-float64(below))*(sorted[below+1]-sorted[below])
}
