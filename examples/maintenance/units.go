package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// byteSize gives a number of bytes for people to read.
func byteSize(bytes int64) string {
	if bytes < 1<<10 {
		return fmt.Sprintf("%d B", bytes)
	}
	value, unit := float64(bytes)/(1<<10), 0
	for value >= 1<<10 && unit < len("kMGT")-1 {
		value, unit = value/(1<<10), unit+1
	}
	return fmt.Sprintf("%.1f %cB", value, "kMGT"[unit])
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func percent(p float64) string { return fmt.Sprintf("%.1f %%", p) }

// ago gives how long ago a time was; nil is never.
func ago(at *time.Time) string {
	if at == nil {
		return "never"
	}
	return seconds(time.Since(*at).Seconds()) + " ago"
}

// seconds gives a duration for people to read, in its largest unit.
func seconds(s float64) string {
	switch {
	case s >= 48*60*60:
		return fmt.Sprintf("%.0f days", s/(24*60*60))
	case s >= 2*60*60:
		return fmt.Sprintf("%.0f h", s/(60*60))
	case s >= 2*60:
		return fmt.Sprintf("%.0f min", s/60)
	}
	return fmt.Sprintf("%.0f s", max(s, 0))
}

// oneLine gives the beginning of a text on one line.
func oneLine(text string) string {
	const longest = 50
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) <= longest {
		return string(line)
	}
	return string(line[:longest-1]) + "…"
}
