// Command changefeed writes what happens to the tables of a database as JSON lines, by logical replication:
//
//	go run ./examples/changefeed
//	go run ./examples/changefeed -dsn postgres://me@localhost/mydb -tables orders,items -output changes.jsonl
//
// The first shows it on a server of its own. The second goes on until it is interrupted, and when it is started again
// it goes on where it was, without a change lost or twice in the file.
//
// Each file shows one thing: setup.go the publication and the slot, feed.go the stream, line.go what a change becomes,
// value.go and array.go what its values become, output.go a file that is gone on with, last_commit.go where it was,
// demo.go the tables of the first.
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"strings"

	"github.com/pgadapt/pgadapt/examples/internal/commandline"
)

func main() { commandline.Main("changefeed", run) }

const usage = `usage: changefeed [-output file]
       changefeed -dsn string [-tables list] [-slot name] [-output file]
       changefeed -dsn string [-slot name] -drop

Writes the changes of tables as JSON lines.

Without -dsn it starts a server for this run, changes some tables there, writes what it
sees of that, and ends.

With -dsn it makes a publication and a replication slot of one name, unless they are
there, and runs until it is interrupted. The server, whose wal_level must be logical,
keeps what happens meanwhile for the slot, until its disk is full: give up a feed with
-drop.

`

// command is what the command line asks for.
type command struct {
	dsn    string
	tables []string // all if empty
	slot   string
	output string // "" is standard output
	drop   bool
}

// run does what the command line args ask for. Lines go to out, unless there is a file for them, and what is not a
// line to diagnostics. To be interrupted by the end of ctx is no error.
func run(ctx context.Context, args []string, out, diagnostics io.Writer) error {
	wanted, err := readCommand(args, diagnostics)
	if err != nil {
		return err
	}
	switch {
	case wanted.drop:
		err = drop(ctx, wanted)
	case wanted.dsn == "":
		err = demonstrate(ctx, wanted, out, diagnostics)
	default:
		err = feedFrom(ctx, wanted, out, diagnostics, watcher{})
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	return err
}

// readCommand reads the command line.
func readCommand(args []string, diagnostics io.Writer) (command, error) {
	flags := flag.NewFlagSet("changefeed", flag.ContinueOnError)
	var wanted command
	flags.StringVar(&wanted.dsn, "dsn", "", "use the server of this connection `string`, a URI or keyword=value pairs;\n"+
		"the password is safer in PGPASSWORD or a passfile")
	tables := flags.String("tables", "", "a `list` of tables with commas between them, written as in SQL; empty for all tables,\n"+
		"which takes a superuser; of account only when the publication is made")
	flags.StringVar(&wanted.slot, "slot", "pgadapt_changefeed", "the `name` of the slot and of the publication")
	flags.StringVar(&wanted.output, "output", "", "write to this `file`, or go on with it, and not to standard output")
	flags.BoolVar(&wanted.drop, "drop", false, "drop the slot and the publication")
	if err := commandline.Parse(flags, usage, args, diagnostics); err != nil {
		return command{}, err
	}
	if wanted.dsn == "" && (*tables != "" || wanted.drop) {
		return command{}, errors.New("-tables and -drop need -dsn; -h explains")
	}
	for name := range strings.SplitSeq(*tables, ",") {
		if name = strings.TrimSpace(name); name != "" {
			wanted.tables = append(wanted.tables, name)
		}
	}
	return wanted, nil
}
