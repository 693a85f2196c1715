package faults_test

import (
	"database/sql"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// cut is a place in an exchange of messages at which a connection ends, and how.
type cut struct {
	side     side
	messages int
	how      cutting
}

func (c cut) String() string {
	return fmt.Sprintf("%v after %d messages of the %v", c.how, c.messages, c.side)
}

// cutsOf gives all places of an exchange in which each side has sent a number of messages. The last is after its end.
func cutsOf(seen [2]int) (cuts []cut) {
	for _, side := range []side{fromClient, fromServer} {
		for messages := range seen[side] {
			cuts = append(cuts, cut{side, messages, closing}, cut{side, messages, resetting})
		}
	}
	return append(cuts, cut{fromServer, seen[fromServer], closing})
}

// exchange is an operation on a pool whose only connection is cut while it runs.
type exchange struct {
	mode    string
	warmUp  func(*sql.DB) error // comes before the cut is possible
	operate func(*sql.DB) error
}

// run gives the operation's error and the number of messages it took. The proxy lets connections that are made after
// the cut work, so that a statement that is sent again succeeds, and is seen.
func (e exchange) run(t *testing.T, proxy *messageProxy, place cut) (seen [2]int, err error) {
	t.Helper()
	db := sql.OpenDB(pgadapt.NewConnector(parse(t, proxy.address(), "default_query_exec_mode="+e.mode)))
	defer func() { require.NoError(t, db.Close()) }()
	require.NoError(t, db.Ping())
	require.NoError(t, e.warmUp(db))
	proxy.arm(place)
	err = e.operate(db)
	return proxy.disarm(), err
}

// runThroughEachCut runs the operation undisturbed, to learn how many messages it takes, and then once for each place
// at which the connection can end. judge is told of each.
func (e exchange) runThroughEachCut(t *testing.T, proxy *messageProxy, judge func(place cut, err error)) {
	t.Helper()
	seen, err := e.run(t, proxy, cut{messages: math.MaxInt})
	require.NoError(t, err)
	require.Positive(t, seen[fromClient])
	require.Positive(t, seen[fromServer])
	for _, place := range cutsOf(seen) {
		_, err := e.run(t, proxy, place)
		judge(place, err)
	}
}

// modes are the execution modes that differ most in the messages they send.
var modes = []string{"cache_statement", "exec", "simple_protocol"}

// uses tell a statement that the session knows from one that it does not.
var uses = []string{"first use", "second use"}

// Wherever the connection ends, what was acknowledged is there once, and what was not is there at most once.
func TestNoStatementRunsTwice(t *testing.T) {
	leavesNothing(t)
	table, numbers := newCounter(t)
	proxy := startMessageProxy(t)
	number, attempts, acknowledged := 0, map[int]string{}, map[int]bool{}
	for _, mode := range modes {
		for _, write := range writes {
			for _, use := range uses {
				e := exchange{
					mode: mode,
					warmUp: func(db *sql.DB) error {
						if use == "first use" {
							return nil
						}
						return write.do(t.Context(), db, table, 0)
					},
					operate: func(db *sql.DB) error {
						number++
						return write.do(t.Context(), db, table, number)
					},
				}
				e.runThroughEachCut(t, proxy, func(place cut, err error) {
					attempts[number] = fmt.Sprintf("%s, %s, %s, %v: %v", mode, write.name, use, place, err)
					acknowledged[number] = err == nil
				})
			}
		}
	}
	found := numbers()
	stored, lost := 0, 0
	for number, attempt := range attempts {
		require.LessOrEqual(t, found[number], 1, "has run twice: %s", attempt)
		if acknowledged[number] {
			require.Equal(t, 1, found[number], "was acknowledged and is not there: %s", attempt)
			stored++
			continue
		}
		lost++
	}
	t.Logf("%d writes, each with its connection cut at another place: %d acknowledged, %d with an error, none twice",
		len(attempts), stored, lost)
	require.Positive(t, stored)
	require.Positive(t, lost)
}

// Wherever the connection ends, a result is complete or comes with an error.
func TestNoResultIsTruncated(t *testing.T) {
	leavesNothing(t)
	proxy := startMessageProxy(t)
	complete := completeResult()
	results, lost := 0, 0
	for _, mode := range []string{"cache_statement", "simple_protocol"} {
		for _, read := range reads {
			for _, use := range uses {
				var got []int
				e := exchange{
					mode: mode,
					warmUp: func(db *sql.DB) error {
						if use == "first use" {
							return nil
						}
						_, err := read.do(t.Context(), db)
						return err
					},
					operate: func(db *sql.DB) (err error) {
						got, err = read.do(t.Context(), db)
						return err
					},
				}
				e.runThroughEachCut(t, proxy, func(place cut, err error) {
					where := fmt.Sprintf("%s, %s, %s, %v: %v", mode, read.name, use, place, err)
					results++
					if err == nil {
						require.Equal(t, complete, got, where)
						return
					}
					lost++
					require.True(t, len(got) <= len(complete) && slices.Equal(complete[:len(got)], got), where)
				})
			}
		}
	}
	t.Logf("%d results, each with its connection cut at another place: %d complete, %d with an error, none truncated unseen",
		results, results-lost, lost)
}
