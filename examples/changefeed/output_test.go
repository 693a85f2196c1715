package main

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/replication"
)

// lockedBuffer is a buffer that one goroutine reads while another writes.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (l *lockedBuffer) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.Write(text)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.String()
}

func TestLastCommit(t *testing.T) {
	const (
		begin   = `{"kind":"begin","lsn":"0/10"}` + "\n"
		change  = `{"kind":"insert","new":{"v":{"kind":"commit","end":"F/F"}}}` + "\n"
		commit  = `{"kind":"commit","lsn":"0/10","end":"0/20"}` + "\n"
		commit2 = `{"kind":"commit","lsn":"0/30","end":"0/40"}` + "\n"
		whole   = begin + change + commit
	)
	many := strings.Repeat(change, 3*firstLook/len(change))
	for _, test := range []struct {
		name, content string
		length        int
		end           replication.LSN
	}{
		{"empty", "", 0, 0},
		{"torn first line", `{"ki`, 0, 0},
		{"unfinished first transaction", begin + change, 0, 0},
		{"one transaction", whole, len(whole), 0x20},
		{"two transactions", whole + begin + commit2, len(whole + begin + commit2), 0x40},
		{"unfinished transaction after it", whole + begin + change, len(whole), 0x20},
		{"torn commit after it", whole + begin + strings.TrimSpace(commit2), len(whole), 0x20},
		{"long unfinished transaction after it", whole + begin + many, len(whole), 0x20},
		{"long transaction", begin + many + commit, len(begin + many + commit), 0x20},
		{"long unfinished first transaction", begin + many, 0, 0},
		{"long line after it", whole + begin + strings.Repeat("x", 2*firstLook), len(whole), 0x20},
	} {
		t.Run(test.name, func(t *testing.T) {
			length, end, err := lastCommit(strings.NewReader(test.content), int64(len(test.content)))
			require.NoError(t, err)
			require.Equal(t, int64(test.length), length)
			require.Equal(t, test.end, end)
		})
	}
}

func TestLastCommitOfSomethingElse(t *testing.T) {
	for _, content := range []string{"x", "dear diary\n", `{"kind":"commit","end":"0/20"}` + "\n"} {
		_, _, err := lastCommit(strings.NewReader(content), int64(len(content)))
		require.ErrorIs(t, err, errNotAFeed)
	}
}
