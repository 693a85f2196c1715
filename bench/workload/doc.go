// Package workload has what the benchmarks do with a database, a file for each family: the same work, in the
// way in which a program would write it, for every driver.
package workload
