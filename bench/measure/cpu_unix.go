//go:build unix

package measure

import (
	"fmt"
	"syscall"
	"time"
)

// MeasuresCPU says that this system tells the processor time of a process.
const MeasuresCPU = true

// ProcessorTime gives the user and system time that this process has used, of all its threads.
func ProcessorTime() (time.Duration, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, fmt.Errorf("measure: getrusage: %w", err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}
