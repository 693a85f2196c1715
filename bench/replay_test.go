package main

import (
	"bytes"
	"context"
	"database/sql"
	"math"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/bench/drivers"
	"github.com/pgadapt/pgadapt/bench/measure"
	"github.com/pgadapt/pgadapt/bench/workload"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// BenchmarkReplay runs the workloads that read results on answers that lie in memory: what pgadapt itself takes, without
// the server and the network. least-cpu-ns/op is the processor time of the cheapest operation, which says most on a machine that
// does other things as well.
func BenchmarkReplay(b *testing.B) {
	dsn := pgtest.DSN(b)
	for _, w := range workload.All() {
		if !readsResults(w) {
			continue
		}
		b.Run(w.Name, func(b *testing.B) {
			setUp(b, dsn, w)
			run := startReplayed(b, w, dsn)
			least := time.Duration(math.MaxInt64)
			b.ReportAllocs()
			for b.Loop() {
				before, err := measure.ProcessorTime()
				if err == nil {
					err = run(context.Background(), nil)
				}
				after, _ := measure.ProcessorTime()
				if err != nil {
					b.Fatal(err)
				}
				least = min(least, after-before)
			}
			b.ReportMetric(float64(least), "least-cpu-ns/op")
		})
	}
}

func readsResults(w workload.Workload) bool {
	switch w.Family() {
	case "rows", "types", "rich", "destinations":
		return true
	}
	return strings.HasPrefix(w.Name, "arrays/scan")
}

// startReplayed runs w until its answer is known.
func startReplayed(b *testing.B, w workload.Workload, dsn string) workload.Operation {
	config, err := pgadapt.ParseConfig(dsn)
	require.NoError(b, err)
	var replayed *replay
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		connection, err := (&net.Dialer{}).DialContext(ctx, network, address)
		replayed = &replay{Conn: connection}
		return replayed, err
	}
	db := sql.OpenDB(pgadapt.NewConnector(config))
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	db.SetMaxOpenConns(1)
	run, err := w.SQL(context.Background(), &workload.SQLSession{DB: db, Driver: drivers.PgAdapt})
	require.NoError(b, err)
	for range 3 { // the first prepares the statement, the second is recorded
		require.NoError(b, run(context.Background(), nil))
	}
	require.True(b, replayed.replaying)
	return run
}

// replay answers what it was sent the time before, too, with what came then.
type replay struct {
	net.Conn
	sent, answer []byte
	// replaying says that the answer is given from memory, position how much of it was.
	replaying bool
	position  int
}

// readyForQuery is the message that ends an answer.
const readyForQuery = "Z\x00\x00\x00\x05I"

func (r *replay) Write(p []byte) (int, error) {
	r.replaying = bytes.Equal(p, r.sent) && bytes.HasSuffix(r.answer, []byte(readyForQuery))
	if r.replaying {
		r.position = 0
		return len(p), nil
	}
	r.sent, r.answer = bytes.Clone(p), r.answer[:0]
	return r.Conn.Write(p)
}

func (r *replay) Read(p []byte) (int, error) {
	if r.replaying {
		n := copy(p, r.answer[r.position:])
		r.position += n
		return n, nil
	}
	n, err := r.Conn.Read(p)
	r.answer = append(r.answer, p[:n]...)
	return n, err
}
