// Command soak lets many goroutines move money between accounts while everything around them fails, and looks whether
// any is lost:
//
//	go run ./soak -duration 2m
//
// Contexts are cancelled at random, backends are terminated, columns are added and dropped under prepared statements,
// and the server crashes and recovers. It starts a PostgreSQL of its own. The last line is the summary; the exit code is
// 1 if money or an acknowledged transfer was lost, if a transfer was made twice, or if an error has no explanation.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func main() {
	duration := flag.Duration("duration", 2*time.Minute, "how long faults go on")
	workers := flag.Int("workers", 200, "number of goroutines that transfer money")
	connections := flag.Int("connections", 20, "size of their pool")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := soak(ctx, *duration, *workers, *connections); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// soak runs transfers and faults side by side and prints the summary.
func soak(ctx context.Context, duration time.Duration, workers, connections int) (err error) {
	server, err := pgtest.Start(ctx, pgtest.Options{
		Settings: map[string]string{ // what is acknowledged must survive a crash
			"restart_after_crash": "on", "synchronous_commit": "on", "fsync": "on", "max_connections": "100",
		},
		Logf: func(format string, args ...any) { fmt.Printf(format+"\n", args...) },
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	bank, err := openBank(ctx, server.DSN(), connections)
	if err != nil {
		return err
	}
	defer bank.db.Close()
	faults, err := openFaults(server.DSN())
	if err != nil {
		return err
	}
	defer faults.db.Close()

	running, stop := context.WithTimeout(ctx, duration)
	defer stop()
	var everybody sync.WaitGroup
	for range workers {
		everybody.Go(func() { bank.work(running) })
	}
	everybody.Go(func() { faults.cause(running) })
	everybody.Wait()
	return bank.close(ctx, duration, faults)
}
