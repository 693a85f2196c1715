//go:build !unix

package measure

import "time"

// MeasuresCPU says that this system does not tell the processor time of a process.
const MeasuresCPU = false

// ProcessorTime gives zero.
func ProcessorTime() (time.Duration, error) { return 0, nil }
