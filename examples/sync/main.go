// Command sync copies tables from one PostgreSQL database to another, keeps the copy up to date, and proves that both
// are the same. Rows travel by COPY from server to server in chunks of the primary key; a run that was killed is gone on
// with; checksums, computed on both servers, tell which chunks have changed since.
//
//	go run ./examples/sync                                                    # on two databases of its own
//	go run ./examples/sync -source postgres://old/app -target postgres://new/app
//	go run ./examples/sync -source postgres://old/app -target postgres://new/app -verify
//
// Each file shows one thing: transfer.go COPY from one connection into another through a pipe, in constant memory;
// pair.go two-phase commit of both databases and what to do about a crash in the middle; migrate.go work that is resumed
// where it was committed; keyrange.go and checksum.go SQL with names and types that come from the catalog.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/pgadapt/pgadapt/examples/internal/commandline"
)

func main() { commandline.Main("sync", run) }

const usage = `usage: sync [-source string -target string] [-schema name] [-chunk rows] [-verify] …

Copies the tables of a schema from the source to the target: creates them, copies what
is not yet copied, replaces what has changed since, and compares both sides. It may be
stopped at any time, and goes on at the next run.

Without -source and -target it starts a server for this run, or takes the one that
PGADAPT_TEST_DSN names, makes two databases, which it drops at the end, and shows a
migration, changes, a synchronisation, and what verifying finds in a damaged copy.

`

// options is what the command line asks for.
type options struct {
	source, target string
	schema         string
	chunk          int
	verify         bool
	wait           time.Duration
}

func parse(args []string, diagnostics io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("sync", flag.ContinueOnError)
	flags.StringVar(&o.source, "source", "", "copy from the database of this connection `string`, a URI or keyword=value\n"+
		"pairs; the password is safer in a passfile")
	flags.StringVar(&o.target, "target", "", "copy to the database of this connection `string`")
	flags.StringVar(&o.schema, "schema", "public", "copy the tables of the schema of this `name`")
	flags.IntVar(&o.chunk, "chunk", 10000, "copy and compare so many `rows` at a time")
	flags.BoolVar(&o.verify, "verify", false, "compare only, and fail if there is a difference")
	flags.DurationVar(&o.wait, "wait", 10*time.Second, "wait so long for another run on the same target to end")
	if err := commandline.Parse(flags, usage, args, diagnostics); err != nil {
		return o, err
	}
	switch {
	case (o.source == "") != (o.target == ""):
		return o, errors.New("-source and -target belong together; -h explains")
	case o.verify && o.source == "":
		return o, errors.New("-verify needs -source and -target; -h explains")
	case o.chunk < 1:
		return o, errors.New("-chunk must be at least 1")
	case o.wait < time.Millisecond:
		return o, errors.New("-wait must be at least 1ms")
	case o.schema == ownSchema:
		return o, fmt.Errorf("-schema %s is this program's own", ownSchema)
	}
	return o, nil
}

// run is the program.
func run(ctx context.Context, args []string, out, diagnostics io.Writer) error {
	options, err := parse(args, diagnostics)
	if err != nil {
		return err
	}
	if options.source == "" {
		return demonstrate(ctx, options, out, diagnostics)
	}
	return synchronise(ctx, options, out)
}

// synchronise makes the target the same as the source, or says whether it is.
func synchronise(ctx context.Context, options options, out io.Writer) (err error) {
	link, err := open(ctx, options, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, link.close()) }()

	if options.verify {
		return link.verify(ctx)
	}
	for _, step := range []func(context.Context) error{link.recover, link.create, link.migrate, link.update, link.verify} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}
