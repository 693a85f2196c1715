package faults_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// directions are toxiproxy's two streams.
var directions = []string{"upstream", "downstream"}

// A network that delivers everything, however slowly and in whatever pieces, changes no result.
func TestSlowNetwork(t *testing.T) {
	leavesNothing(t)
	table, numbers := newCounter(t)
	number := 0
	for _, toxic := range []toxic{
		{Type: "latency", Attributes: map[string]int{"latency": 5, "jitter": 5}},
		{Type: "slicer", Attributes: map[string]int{"average_size": 1}},
		{Type: "bandwidth", Attributes: map[string]int{"rate": 20}},
		{Type: "slow_close", Attributes: map[string]int{"delay": 50}},
	} {
		for _, toxic.Stream = range directions {
			t.Run(toxic.Type+" "+toxic.Stream, func(t *testing.T) {
				proxy := startToxicProxy(t)
				poison(t, proxy, toxic)
				db := open(t, proxy.Listen)
				first := number + 1
				for range 2 {
					for _, write := range writes {
						number++
						require.NoError(t, write.do(t.Context(), db, table, number), write.name)
					}
					for _, read := range reads {
						got, err := read.do(t.Context(), db)
						require.NoError(t, err, read.name)
						require.Equal(t, completeResult(), got, read.name)
					}
				}
				found := numbers()
				for written := first; written <= number; written++ {
					require.Equal(t, 1, found[written])
				}
			})
		}
	}
}

// A network that loses connections in the middle of whatever happens to be on the way loses answers, but runs
// nothing twice and forgets nothing that was acknowledged.
func TestNetworkThatLosesConnections(t *testing.T) {
	leavesNothing(t)
	for _, toxic := range []toxic{
		{Type: "reset_peer", Attributes: map[string]int{"timeout": 2}},
		{Type: "limit_data", Attributes: map[string]int{"bytes": 700}},
		{Type: "timeout", Attributes: map[string]int{"timeout": 20}},
	} {
		for _, toxic.Stream = range directions {
			t.Run(toxic.Type+" "+toxic.Stream, func(t *testing.T) {
				table, numbers := newCounter(t)
				proxy := startToxicProxy(t)
				db := open(t, proxy.Listen, "connect_timeout=2", "cancel_timeout=200ms")
				db.SetMaxOpenConns(4)
				acknowledged, attempted := writeWhilePoisoned(t, db, table, func() {
					poison(t, proxy, toxic)
					time.Sleep(40 * time.Millisecond)
					require.NoError(t, proxy.Toxics.RemoveToxic(t.Context(), toxic.Type+"_"+toxic.Stream))
					time.Sleep(10 * time.Millisecond)
				})
				found := numbers()
				for number, count := range found {
					require.Equal(t, 1, count, "number %d has been written twice", number)
				}
				for _, number := range acknowledged {
					require.Equal(t, 1, found[number], "number %d was acknowledged and is not there", number)
				}
				require.LessOrEqual(t, len(found), attempted)
				t.Logf("%d attempted, %d stored, %d acknowledged", attempted, len(found), len(acknowledged))
				require.Less(t, len(acknowledged), attempted, "nothing was lost, so that nothing was tested")
			})
		}
	}
}

// writeWhilePoisoned has four goroutines write in all ways while disturb runs some times, and then until they succeed.
func writeWhilePoisoned(t *testing.T, db *sql.DB, table string, disturb func()) (acknowledged []int, attempted int) {
	var mu sync.Mutex
	var workers sync.WaitGroup
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	quiet := make(chan struct{})
	for range 4 {
		workers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				mu.Lock()
				attempted++
				number := attempted
				mu.Unlock()
				isLast := isClosed(quiet)
				attempt, stop := context.WithTimeout(ctx, 2*time.Second)
				err := writes[i%len(writes)].do(attempt, db, table, number)
				stop()
				if err != nil {
					continue
				}
				mu.Lock()
				acknowledged = append(acknowledged, number)
				mu.Unlock()
				if isLast {
					return
				}
			}
		})
	}
	for range 8 {
		disturb()
	}
	close(quiet)
	workers.Wait()
	require.NoError(t, ctx.Err(), "the pool has not recovered")
	return acknowledged, attempted
}

func isClosed(channel <-chan struct{}) bool {
	select {
	case <-channel:
		return true
	default:
		return false
	}
}
