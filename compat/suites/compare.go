package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/dsn"
)

// outcome is how a suite ran over lib/pq and over pgadapt.
type outcome struct {
	suite          suite
	libPQ, pgadapt results
}

// results has what became of each test: pass, fail or skip.
type results map[string]string

func (r results) count(action string) (count int) {
	for _, became := range r {
		if became == action {
			count++
		}
	}
	return count
}

// onlyOverPgadapt gives the tests that do not pass over pgadapt and do over lib/pq.
func (o outcome) onlyOverPgadapt() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(o.libPQ)) {
		if o.libPQ[name] == "pass" && o.pgadapt[name] != "pass" {
			names = append(names, name)
		}
	}
	return names
}

func (o outcome) onlyOverLibPQ() []string {
	return outcome{libPQ: o.pgadapt, pgadapt: o.libPQ}.onlyOverPgadapt()
}

func (s suite) compare(ctx context.Context, folder string, options options) (outcome, error) {
	compared := outcome{suite: s}
	for _, part := range []struct {
		overPgadapt bool
		into        *results
	}{{false, &compared.libPQ}, {true, &compared.pgadapt}} {
		work := fmt.Sprintf("%s-%t", folder, part.overPgadapt)
		if err := s.prepare(ctx, work, part.overPgadapt); err != nil {
			return outcome{}, err
		}
		results, err := s.test(ctx, work, options)
		if err != nil {
			return outcome{}, err
		}
		*part.into = results
	}
	return compared, nil
}

// test runs the suite on a new database.
func (s suite) test(ctx context.Context, folder string, options options) (_ results, err error) {
	uri, drop, err := newDatabase(ctx, options.dsn)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, drop()) }()
	withURI := func(texts []string) (replaced []string) {
		for _, text := range texts {
			replaced = append(replaced, strings.ReplaceAll(text, "$DSN", uri))
		}
		return replaced
	}
	arguments := append([]string{"test", "-json", "-count=1", "-p=1", "-vet=off", "-skip=" + s.skip}, s.packages...)
	if len(s.arguments) > 0 {
		arguments = append(append(arguments, "-args"), withURI(s.arguments)...)
	}
	output, err := goCommand(ctx, folder, withURI(s.variables), arguments...)
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		return nil, err
	}
	results, printed := readEvents(output)
	if options.verbose {
		io.WriteString(os.Stdout, printed)
	}
	if len(results) == 0 {
		return nil, fmt.Errorf("no test has run: %w\n%s", err, printed)
	}
	return results, nil
}

// newDatabase makes one and gives its URI.
func newDatabase(ctx context.Context, server string) (uri string, drop func() error, err error) {
	db, err := sql.Open(pgadapt.DriverName, server)
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("suites_%d", os.Getpid())
	if _, err := db.ExecContext(ctx, "create database "+name); err != nil {
		return "", nil, errors.Join(err, db.Close())
	}
	params, err := dsn.Make(server, "dbname", name, "sslmode", "disable")
	if err != nil {
		return "", nil, errors.Join(err, db.Close())
	}
	drop = func() error {
		_, err := db.Exec("drop database " + name + " with (force)")
		return errors.Join(err, db.Close())
	}
	return params.URL(), drop, nil
}

// event is a line of go test -json, and of go build -json among them.
type event struct{ Action, Package, Test, Output string }

// readEvents gives what became of the tests, and what the failed ones printed. A package that fails though none of its
// tests does is a test without a name.
func readEvents(output []byte) (results, string) {
	became, printed := results{}, map[string]string{}
	hasFailed := map[string]bool{}
	var failures strings.Builder
	for line := range bytes.Lines(output) {
		var e event
		if json.Unmarshal(line, &e) != nil {
			failures.Write(line)
			continue
		}
		name := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			printed[name] += e.Output
		case "pass", "skip":
			if e.Test != "" {
				became[name] = e.Action
			}
		case "fail":
			failures.WriteString(printed[name])
			if e.Test != "" || !hasFailed[e.Package] {
				became[name] = e.Action
			}
			hasFailed[e.Package] = true
		}
	}
	return became, failures.String()
}
