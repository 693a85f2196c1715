package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhereItHung(t *testing.T) {
	const output = `pgtest: PostgreSQL 18
panic: test timed out after 15m0s
	running tests:
		TestFetchSize (13m20s)
		TestFetchSize/exec (13m20s)

goroutine 9 [running]:
testing.(*M).startAlarm.func1()
	/go/src/testing/testing.go:2959 +0x605
created by time.goFunc
	/go/src/time/sleep.go:182 +0x45

goroutine 30 [chan receive, 13 minutes]:
testing.(*T).Run(0xc00076cb48, {0x1, 0x2}, 0xc000763110)
	/go/src/testing/testing.go:2258 +0xb13
github.com/pgadapt/pgadapt_test.TestFetchSize(0xc00076cb48)
	/work/fetch_size_test.go:36 +0x3b

goroutine 31 [chan receive, 14 minutes]:
testing.(*T).Parallel(0xc00076cb48)
	/go/src/testing/testing.go:1800 +0x1c5
github.com/pgadapt/pgadapt_test.TestPatient(0xc00076cb48)
	/work/patient_test.go:36 +0x3b

goroutine 40 [IO wait, 13 minutes]:
internal/poll.runtime_pollWait(0x7fb15cd0a5e0, 0x72)
	/go/src/runtime/netpoll.go:160 +0x59
github.com/pgadapt/pgadapt/internal/framing.(*Reader).Read(0xc0000a2000, {0xc0001c2000, 0x2000, 0x2000})
	/work/internal/framing/reader.go:60 +0x1c5
created by testing.(*T).Run in goroutine 30
	/go/src/testing/testing.go:2258 +0xb13

goroutine 41 [select, 13 minutes]:
database/sql.(*DB).connectionOpener(0xc004e3f930, {0x1b033e0, 0xc004e958b0})
	/go/src/database/sql/sql.go:1266 +0xed
FAIL	github.com/pgadapt/pgadapt	900.437s
`
	require.Equal(t, []string{
		"running TestFetchSize (13m20s)",
		"running TestFetchSize/exec (13m20s)",
		"goroutine 40 [IO wait, 13 minutes]:",
		"    internal/poll.runtime_pollWait(0x7fb15cd0a5e0, 0x72) netpoll.go:160",
		"    github.com/pgadapt/pgadapt/internal/framing.(*Reader).Read(0xc0000a2000, {0xc0001c2000, 0x2000, 0x2000}) reader.go:60",
		"    created by testing.(*T).Run in goroutine 30 testing.go:2258",
	}, whereItHung(output))
	require.Empty(t, whereItHung("--- FAIL: TestA (0.00s)\nFAIL\n"))
}

func TestHungPackageEndsWithWhereItHung(t *testing.T) {
	o := readEvents(t,
		`{"Action":"output","Package":"p","Test":"TestA","Output":"panic: test timed out after 15m0s\n"}`,
		`{"Action":"output","Package":"p","Test":"TestA","Output":"\trunning tests:\n"}`,
		`{"Action":"output","Package":"p","Test":"TestA","Output":"\t\tTestA (15m0s)\n"}`,
		`{"Action":"fail","Package":"p"}`,
	)
	require.Contains(t, o.shown, "Where it hung:\nrunning TestA (15m0s)\nFAIL p ")
}
