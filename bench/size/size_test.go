package size

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const trace = `init internal/bytealg @0.004 ms, 0 ms clock, 0 bytes, 0 allocs
init github.com/lib/pq @2.1 ms, 0.013 ms clock, 336 bytes, 2 allocs
init github.com/lib/pq/oid @0.77 ms, 0.036 ms clock, 6616 bytes, 4 allocs
init github.com/lib/pqueue @0.77 ms, 1.5 ms clock, 10 bytes, 1 allocs
`

func TestReadTrace(t *testing.T) {
	started, err := readTrace(trace, "github.com/lib/pq")
	require.NoError(t, err)
	require.Equal(t, Initialization{1549 * time.Microsecond, 6962, 7}, started.all)
	require.Equal(t, Initialization{49 * time.Microsecond, 6952, 6}, started.own)
}

func TestReadTraceWithoutADriver(t *testing.T) {
	started, err := readTrace(trace, "")
	require.NoError(t, err)
	require.Zero(t, started.own)
}

func TestReadTraceOfAnotherForm(t *testing.T) {
	for _, line := range []string{
		"panic: no\n",
		"init net/url @0.26 ms, 0.015 s clock, 160 bytes\n",
		"init net/url @0.26 ms, soon ms clock, 160 bytes, 2 allocs\n",
		"init net/url @0.26 ms, 1 ms clock, many bytes, 2 allocs\n",
	} {
		_, err := readTrace(line, "")
		require.ErrorContains(t, err, line[:5])
	}
}

func TestMedian(t *testing.T) {
	require.Equal(t, Initialization{2, 50, 9}, median([]Initialization{{3, 10, 9}, {1, 70, 9}, {2, 50, 9}}))
}

// The program without a driver is built and started, as the others are.
func TestProgramWithoutADriver(t *testing.T) {
	builder := builder{toolchain: os.Getenv("GOTOOLCHAIN"), folder: t.TempDir()}
	whole, err := builder.build(t.Context(), "none", "")
	require.NoError(t, err)
	stripped, err := builder.build(t.Context(), "none", "-s")
	require.NoError(t, err)
	require.Less(t, stripped.file, whole.file)

	output, err := traceStart(t.Context(), stripped.path)
	require.NoError(t, err)
	started, err := readTrace(output, "os")
	require.NoError(t, err)
	require.Greater(t, started.all.Allocations, started.own.Allocations)
	require.Positive(t, started.own.Allocations)
}

func TestEachProgramLinksItsDriver(t *testing.T) {
	builder := builder{toolchain: os.Getenv("GOTOOLCHAIN")}
	for _, program := range programs[1:] {
		linked, err := builder.output(t.Context(), "list", "-deps", programFolder+program.folder)
		require.NoError(t, err)
		require.Contains(t, linked, program.module)
	}
}

func TestRecord(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "performance.md")
	require.NoError(t, os.WriteFile(file, []byte("Before.\n"+section.Begin+"old\n"+section.End+"After.\n"), 0o644))

	require.NoError(t, Record(folder, []Comparison{{Go: "go1.99.0", Drivers: []Addition{{
		Driver: "pgadapt", File: 13_700_000, Stripped: 9_540_000,
		Start: Initialization{1341 * time.Microsecond, 137_400, 1055}, Own: Initialization{386 * time.Microsecond, 71_000, 682},
	}}}}))

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "Before.\n"+section.Begin+`
| go1.99.0 | file grows by | without symbols | packages start in | allocating | of it the driver's module | allocating |
|---|---|---|---|---|---|---|
| pgadapt | 13.7 MB | 9.5 MB | 1341 µs | 1055 in 137 kB | 386 µs | 682 in 71 kB |

`+section.End+"After.\n", string(text))
}
