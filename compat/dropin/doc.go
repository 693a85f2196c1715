// Package dropin holds the tests that make pgadapt a drop-in replacement for lib/pq and pgx/stdlib: each case
// runs through database/sql alone on all three drivers, and states what they give. Where the two others
// differ from each other, or pgadapt from both, the case names the driver and its own answer.
package dropin
