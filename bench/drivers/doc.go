// Package drivers has the drivers that the benchmarks compare, one in each file. A driver is a value of
// [SQL] or of [Wire]; what not every driver can do is an interface of its own, such as [CopierIn].
package drivers
