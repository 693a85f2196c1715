//go:build !go1.27

package pgadapt

// columnPlan is empty before Go 1.27: database/sql converts each value itself.
type columnPlan struct{}

var _ = column{}.plan

var _ = decoding{}.scratch
