//go:build unix

package replication_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/replication"
)

// A crash makes the server forget which positions it was told since its last checkpoint, and the stream must know
// better.
func TestResumeAfterCrash(t *testing.T) {
	server, f := ownServer(t, map[string]string{"synchronous_commit": "on", "checkpoint_timeout": "1h"})
	if server.LogFile() == "" {
		t.Skip("needs a server whose processes are on this machine")
	}
	_, stream := f.start(t, pgoutput, f.options())
	f.exec(t, "checkpoint")
	insert := func(id int) error {
		_, err := f.db.Exec(fmt.Sprintf("insert into %s values (%d)", f.table, id))
		return err
	}
	for id := 1; id <= 3; id++ {
		require.NoError(t, insert(id))
	}
	c := &consumer{t: t, stream: stream, next: 1}
	receive(t, stream, func(message replication.Message) bool {
		c.take(message, c.next < 3) // the third is not acknowledged
		return c.next == 4
	})
	require.Equal(t, 2, c.acknowledged)
	require.NoError(t, stream.SendStatusUpdate())
	walWriter := func() (pid int) { // 0 while there is none to be asked
		_ = f.db.QueryRow("select pid from pg_stat_activity where backend_type = 'walwriter'").Scan(&pid)
		return pid
	}
	victim := walWriter()
	require.NoError(t, syscall.Kill(victim, syscall.SIGKILL))
	require.Eventually(t, func() bool { now := walWriter(); return now != 0 && now != victim }, patience, 20*time.Millisecond)
	require.NoError(t, insert(4))

	receive(t, stream, func(message replication.Message) bool {
		c.take(message, true)
		return c.next == 5
	})
	require.Equal(t, 1, c.resumed)
	require.Equal(t, 1, c.repeated, "the third transaction")
}
