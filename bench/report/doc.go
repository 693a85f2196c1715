// Package report turns what was measured into a table, a JSON file and charts.
package report
