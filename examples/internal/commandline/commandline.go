// Package commandline is what the examples have in common as programs: signals, flags and the exit code.
package commandline

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Program does what the arguments ask for. Answers go to out; what is none, such as the explanation of -h, goes to
// diagnostics.
type Program func(ctx context.Context, args []string, out, diagnostics io.Writer) error

// Main runs a program until it ends or is interrupted, and exits with 1 after an error.
func Main(name string, program Program) {
	// A reader of the output that goes away, too, must not keep the program from cleaning up.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
	defer stop()
	err := program(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return
	}
	fmt.Fprintln(os.Stderr, name+":", err)
	os.Exit(1)
}

// Parse reads args into flags, a FlagSet that goes on after errors. -h explains usage and the flags on diagnostics; the
// error is then flag.ErrHelp. Arguments after the flags are an error.
func Parse(flags *flag.FlagSet, usage string, args []string, diagnostics io.Writer) error {
	flags.SetOutput(io.Discard) // the caller reports the error
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		flags.SetOutput(diagnostics)
		fmt.Fprint(diagnostics, usage)
		flags.PrintDefaults()
		return err
	}
	if err != nil {
		return fmt.Errorf("%w; -h explains", err)
	}
	if flags.NArg() > 0 {
		return errors.New("there are arguments after the flags; -h explains")
	}
	return nil
}
