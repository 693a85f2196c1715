package size

import (
	"context"
	"os"
	"strings"
)

// rounds is how often each program is started, in turns. Its numbers are the medians.
const rounds = 25

// measured is a program with one driver.
type measured struct {
	driver string // its name in the report, empty for the program without one
	folder string // of the program
	module string // the driver's packages are those of this module
}

// programs has the one without a driver first.
var programs = []measured{
	{folder: "none"},
	{driver: "pgadapt", folder: "pgadapt", module: "github.com/pgadapt/pgadapt"},
	{driver: "lib/pq", folder: "libpq", module: "github.com/lib/pq"},
	{driver: "pgx/stdlib", folder: "pgxstdlib", module: "github.com/jackc/pgx/v5"},
	{driver: "pgdriver", folder: "pgdriver", module: "github.com/uptrace/bun"},
}

// Comparison has what each driver adds to a program that one Go builds.
type Comparison struct {
	// Go is the version, such as go1.27.4.
	Go string
	// Drivers has pgadapt first.
	Drivers []Addition
}

// Addition is what a driver adds to a program.
type Addition struct {
	// Driver is the driver's name in the report.
	Driver string
	// File is how many bytes the program's file grows by.
	File int64
	// Stripped is the same without the symbol table and what a debugger needs, which -ldflags=-s leaves out.
	Stripped int64
	// Start is what the initialization of all packages takes more, those of the standard library among them that come
	// with the driver.
	Start Initialization
	// Own is what the initialization of the packages of the driver's module takes.
	Own Initialization
}

// Compare builds the programs with a toolchain, in the words of GOTOOLCHAIN, and starts them.
func Compare(ctx context.Context, toolchain string) (_ Comparison, err error) {
	folder, err := os.MkdirTemp("", "size")
	if err != nil {
		return Comparison{}, err
	}
	defer os.RemoveAll(folder)
	builder := builder{toolchain: toolchain, folder: folder}
	version, err := builder.output(ctx, "env", "GOVERSION")
	if err != nil {
		return Comparison{}, err
	}
	builds, err := builder.buildAll(ctx)
	if err != nil {
		return Comparison{}, err
	}
	starts, err := startAll(ctx, builds)
	if err != nil {
		return Comparison{}, err
	}
	comparison := Comparison{Go: strings.TrimSpace(version)}
	for i := 1; i < len(programs); i++ {
		comparison.Drivers = append(comparison.Drivers, Addition{
			Driver:   programs[i].driver,
			File:     builds[i].file - builds[0].file,
			Stripped: builds[i].stripped - builds[0].stripped,
			Start:    starts[i].all.minus(starts[0].all),
			Own:      starts[i].own,
		})
	}
	return comparison, nil
}
