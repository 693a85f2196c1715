package measure

import (
	"context"
	"runtime"
	"runtime/metrics"

	"github.com/pgadapt/pgadapt/bench/workload"
)

// peaks runs the operation of each driver once more for the memory.
func peaks(w workload.Workload, all []contestant) (map[string]float64, error) {
	memory := map[string]float64{}
	for _, c := range all {
		peak, err := peakMemory(operationOf(c.trial))
		if err != nil {
			return nil, failed(w, c.trial.Driver, err)
		}
		memory[c.trial.Driver.Name()] = peak
	}
	return memory, nil
}

// peakMemory collects garbage all the time while an operation runs, so that what is left each time is in use.
func peakMemory(run operation) (float64, error) {
	before := liveMemory()
	finished := make(chan error, 1)
	go func() { finished <- run(context.Background()) }()
	peak := before
	for {
		select {
		case err := <-finished:
			return float64(peak - before), err
		default:
			peak = max(peak, liveMemory())
		}
	}
}

// liveMemory gives the bytes of the heap that a collection has found in use, or that came while it went on.
func liveMemory() uint64 {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
