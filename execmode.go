package pgadapt

import "fmt"

// ExecMode says how a statement travels to the server. It is the DSN parameter default_query_exec_mode, with
// pgx's names and meaning.
type ExecMode uint8

// The execution modes. All but SimpleProtocol bind arguments on the server, out of reach of the SQL text.
const (
	// ExecModeCacheStatement prepares each text once per connection under a name derived from the text and
	// keeps it in a least-recently-used cache of StatementCacheCapacity entries: one round trip from the
	// second use on, binary results. The default.
	ExecModeCacheStatement ExecMode = iota
	// ExecModeCacheDescribe keeps only the description of each text (DescriptionCacheCapacity entries) and
	// sends the text each time: one round trip from the second use on, nothing named left on the server.
	ExecModeCacheDescribe
	// ExecModeDescribeExec asks for the description each time: two round trips, immune to changes of schema.
	ExecModeDescribeExec
	// ExecModeExec asks for nothing: one round trip, parameter types taken from the Go types, results in
	// text form. For poolers that keep no session state at all.
	ExecModeExec
	// ExecModeSimpleProtocol writes the arguments into the text as literals and uses the simple query
	// protocol: one round trip, results in text form. For proxies that know nothing else.
	ExecModeSimpleProtocol
)

var execModeNames = [...]string{
	ExecModeCacheStatement: "cache_statement",
	ExecModeCacheDescribe:  "cache_describe",
	ExecModeDescribeExec:   "describe_exec",
	ExecModeExec:           "exec",
	ExecModeSimpleProtocol: "simple_protocol",
}

// String gives the mode's name in a DSN.
func (m ExecMode) String() string {
	if int(m) < len(execModeNames) {
		return execModeNames[m]
	}
	return fmt.Sprintf("ExecMode(%d)", uint8(m))
}

// prepares reports whether a statement's description is asked of the server before it runs.
func (m ExecMode) prepares() bool { return m <= ExecModeDescribeExec }

func parseExecMode(value string) (ExecMode, error) {
	for mode, name := range execModeNames {
		if value == name {
			return ExecMode(mode), nil
		}
	}
	return 0, fmt.Errorf("%q is none of %q", value, execModeNames)
}
