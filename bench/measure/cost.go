package measure

import (
	"context"
	"runtime"
	"time"
)

// Cost is what one operation costs.
type Cost struct {
	// CPU is the processor time of the client process in nanoseconds, user and system, garbage collection
	// included. It is 0 where the system does not tell.
	CPU float64 `json:"cpu_ns"`
	// Wall is the time that passed, in nanoseconds.
	Wall float64 `json:"wall_ns"`
	// Allocs is the number of heap allocations.
	Allocs float64 `json:"allocs"`
	// Bytes is the number of bytes that were allocated.
	Bytes float64 `json:"bytes"`
}

// operation does the work that is measured.
type operation func(context.Context) error

// slot runs an operation several times, after a garbage collection, and gives the cost of one.
func slot(run operation, times int) (Cost, error) {
	runtime.GC()
	before, err := readBefore()
	if err != nil {
		return Cost{}, err
	}
	for range times {
		if err := run(context.Background()); err != nil {
			return Cost{}, err
		}
	}
	after, err := readAfter()
	if err != nil {
		return Cost{}, err
	}
	return after.since(before, times), nil
}

// counters only grow.
type counters struct {
	memory runtime.MemStats
	cpu    time.Duration
	wall   time.Time
}

// readBefore and readAfter have the clocks read closest to the work: reading the memory's counters stops the
// program for a while.
func readBefore() (c counters, err error) {
	runtime.ReadMemStats(&c.memory)
	c.cpu, err = ProcessorTime()
	c.wall = time.Now()
	return c, err
}

func readAfter() (c counters, err error) {
	c.wall = time.Now()
	c.cpu, err = ProcessorTime()
	runtime.ReadMemStats(&c.memory)
	return c, err
}

func (c counters) since(before counters, times int) Cost {
	n := float64(times)
	return Cost{
		CPU:    float64(c.cpu-before.cpu) / n,
		Wall:   float64(c.wall.Sub(before.wall)) / n,
		Allocs: float64(c.memory.Mallocs-before.memory.Mallocs) / n,
		Bytes:  float64(c.memory.TotalAlloc-before.memory.TotalAlloc) / n,
	}
}
