package main

import (
	"context"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"strings"
)

// newestGo is the Go release on which the driver's tagged files are tested besides the Go at hand. Not 1.27.0: a lost
// wake-up in its database/sql hangs a run now and then (https://go.dev/issue/81043).
const newestGo = "go1.27.4"

// toolchain is a Go release to test with.
type toolchain struct {
	version string // such as go1.27.4
	choice  string // the value of GOTOOLCHAIN, empty for the Go at hand
	race    bool   // whether it has the race detector here
}

func (t toolchain) String() string { return "Go " + strings.TrimPrefix(t.version, "go") }

// command makes a go command that runs in a folder under the toolchain.
func (t toolchain) command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	if t.choice != "" {
		cmd.Env = append(cmd.Environ(), "GOTOOLCHAIN="+t.choice)
	}
	return cmd
}

// toolchainChoices gives what GOTOOLCHAIN is to be: nothing for the Go at hand and newestGo, or what the environment
// variable PGADAPT_TEST_TOOLCHAINS lists.
func toolchainChoices() []string {
	if chosen := os.Getenv("PGADAPT_TEST_TOOLCHAINS"); chosen != "" {
		return strings.Split(chosen, ",")
	}
	return []string{"", newestGo}
}

// toolchains gives the chosen ones, oldest first, without those that are not newer than the one before or cannot be had.
func (r *testRun) toolchains(ctx context.Context) []toolchain {
	var found []toolchain
	for _, choice := range toolchainChoices() {
		t, err := findToolchain(ctx, choice)
		if err != nil {
			r.report.skipGroup(fmt.Sprintf("Go %s", strings.TrimPrefix(choice, "go")), err.Error())
			continue
		}
		if len(found) > 0 && version.Compare(version.Lang(t.version), version.Lang(found[0].version)) <= 0 {
			continue
		}
		t.race = r.hasRaceDetector(ctx, t)
		found = append(found, t)
	}
	return found
}

func findToolchain(ctx context.Context, choice string) (toolchain, error) {
	t := toolchain{choice: choice}
	output, err := goOutput(t.command(ctx, "", "env", "GOVERSION"))
	t.version = strings.TrimSpace(output)
	return t, err
}

// hasRaceDetector tells whether tests can be built with -race, which depends on the platform and needs
// a C compiler.
func (r *testRun) hasRaceDetector(ctx context.Context, t toolchain) bool {
	err := raceObstacle(ctx, t)
	if err != nil {
		r.report.skipGroup(fmt.Sprintf("race detector of %s", t), err.Error())
	}
	return err == nil
}

func raceObstacle(ctx context.Context, t toolchain) error {
	if _, err := goOutput(t.command(ctx, "", "list", "-race", "runtime/race")); err != nil {
		return err
	}
	compiler, err := goOutput(t.command(ctx, "", "env", "CC"))
	if err != nil {
		return err
	}
	_, err = exec.LookPath(strings.Fields(compiler)[0])
	return err
}
