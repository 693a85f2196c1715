package main

import (
	"fmt"
	"time"
)

// date gives the date of t, which is at midnight UTC if it comes from a column of type date.
func date(t time.Time) string { return t.Format(time.DateOnly) }

// degrees gives a temperature with the one decimal that it was measured with.
func degrees(celsius float64) string { return fmt.Sprintf("%.1f", celsius) }

// milliseconds gives a duration for people to read.
func milliseconds(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
