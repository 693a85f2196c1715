//go:build !go1.27

package pgadapt

// scansByNext says that every column is scanned from what Next gives, without a look at the destination.
const scansByNext = true

// columnPlan is empty before Go 1.27: database/sql converts each value itself.
type columnPlan struct{}

var _ = column{}.plan

var _ = decoding{}.scratch
