package workload

import (
	"context"
	"strings"
)

// Operation does a workload's work once. What it reads is added to checksum, unless that is nil, as it is
// while the operation is measured.
type Operation func(ctx context.Context, checksum *Checksum) error

// Workload is one thing that a program does with a database.
type Workload struct {
	// Name is family/case, such as rows/int8-100000.
	Name string
	// Tables are the statements that make the workload's tables, in the schema of [Schema].
	Tables []string
	// Extension is what the tables need of PostgreSQL's additional modules, empty for none.
	Extension string
	// Reset is the statement that undoes what operations have stored; empty where they store nothing.
	Reset string
	// Verify is a query for one text that depends on what an operation has stored; empty where it stores nothing.
	Verify string
	// SQL prepares the operation for a driver below database/sql. Its error is errors.ErrUnsupported for a
	// driver that cannot do it.
	SQL func(ctx context.Context, session *SQLSession) (Operation, error)
	// Wire prepares the operation for the protocol itself, as the floor of the SQL operation.
	Wire func(ctx context.Context, session *WireSession) (Operation, error)
}

// Family is the part of the name before the slash.
func (w Workload) Family() string {
	family, _, _ := strings.Cut(w.Name, "/")
	return family
}

// Case is the part of the name after the slash.
func (w Workload) Case() string {
	_, name, _ := strings.Cut(w.Name, "/")
	return name
}

// Schema is the schema that the workloads' tables are in. Nothing else may be in it: it is dropped.
const Schema = "pgadapt_bench"

// All gives the workloads of every family, in the order of the reports.
func All() []Workload {
	var all []Workload
	for _, family := range [][]Workload{
		singleRow(), manyRows(), otherTypes(), arrays(), richTypes(), destinations(), writing(), large(), copying(), connections(),
	} {
		all = append(all, family...)
	}
	return all
}
