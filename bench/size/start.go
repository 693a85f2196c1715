package size

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Initialization is what packages do before main.
type Initialization struct {
	// Clock is the time that it takes.
	Clock time.Duration
	// Bytes and Allocations are what it allocates.
	Bytes, Allocations int64
}

func (i Initialization) plus(other Initialization) Initialization {
	return Initialization{i.Clock + other.Clock, i.Bytes + other.Bytes, i.Allocations + other.Allocations}
}

func (i Initialization) minus(other Initialization) Initialization {
	return Initialization{i.Clock - other.Clock, i.Bytes - other.Bytes, i.Allocations - other.Allocations}
}

// start is the initialization of all packages of a program, and of those of its driver's module.
type start struct{ all, own Initialization }

// startAll gives the medians of each program. The programs take turns, so that what slows the machine down does so to all.
func startAll(ctx context.Context, builds []build) ([]start, error) {
	all, own := make([][]Initialization, len(builds)), make([][]Initialization, len(builds))
	for range rounds {
		for i, build := range builds {
			trace, err := traceStart(ctx, build.path)
			if err != nil {
				return nil, err
			}
			started, err := readTrace(trace, programs[i].module)
			if err != nil {
				return nil, err
			}
			all[i], own[i] = append(all[i], started.all), append(own[i], started.own)
		}
	}
	starts := make([]start, len(builds))
	for i := range starts {
		starts[i] = start{all: median(all[i]), own: median(own[i])}
	}
	return starts, nil
}

// median gives the median of each number.
func median(of []Initialization) Initialization {
	middle := func(number func(Initialization) int64) int64 {
		var numbers []int64
		for _, initialization := range of {
			numbers = append(numbers, number(initialization))
		}
		slices.Sort(numbers)
		return numbers[len(numbers)/2]
	}
	return Initialization{
		Clock:       time.Duration(middle(func(i Initialization) int64 { return int64(i.Clock) })),
		Bytes:       middle(func(i Initialization) int64 { return i.Bytes }),
		Allocations: middle(func(i Initialization) int64 { return i.Allocations }),
	}
}

// traceStart starts a program and gives what the runtime tells of each package that it initializes.
func traceStart(ctx context.Context, path string) (string, error) {
	command := exec.CommandContext(ctx, path)
	command.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	output, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", path, err, output)
	}
	return string(output), nil
}

// readTrace adds up lines such as
//
//	init net/url @0.26 ms, 0.015 ms clock, 160 bytes, 2 allocs
//
// of which the package runtime documents the form.
func readTrace(trace, module string) (start, error) {
	var sum start
	for line := range strings.Lines(trace) {
		fields := strings.Fields(line)
		if len(fields) != 11 || fields[0] != "init" {
			return start{}, fmt.Errorf("size: unknown line of GODEBUG=inittrace=1: %q", line)
		}
		milliseconds, err1 := strconv.ParseFloat(fields[4], 64)
		bytes, err2 := strconv.ParseInt(fields[7], 10, 64)
		allocations, err3 := strconv.ParseInt(fields[9], 10, 64)
		if err1 != nil || err2 != nil || err3 != nil {
			return start{}, fmt.Errorf("size: unknown number of GODEBUG=inittrace=1: %q", line)
		}
		one := Initialization{time.Duration(milliseconds * float64(time.Millisecond)), bytes, allocations}
		sum.all = sum.all.plus(one)
		if module != "" && (fields[1] == module || strings.HasPrefix(fields[1], module+"/")) {
			sum.own = sum.own.plus(one)
		}
	}
	return sum, nil
}
