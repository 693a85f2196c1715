// Package runner is what the programs that are made of snippets run with.
package runner

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/pgadapt/pgadapt"
)

// Timeout is how long a block may take. What is not back soon after ends the program.
const Timeout = time.Minute

// Page is the package that a page's blocks became.
type Page struct {
	// Name is the name of the package.
	Name string
	// Use gives the page's variables what the next block finds in them.
	Use func(Session)
	// Background runs beside each block until its context ends; nil for most.
	Background func()
	// Blocks has the functions in the order of the page.
	Blocks []Block
}

// Block is a snippet of statements.
type Block struct {
	// Line is where the page has it.
	Line int
	// Run runs it.
	Run func() error
}

// Session is what a block finds: all of it fresh but for DB.
type Session struct {
	// Context ends after Timeout, or with Stop.
	Context context.Context
	// Stop ends the block: that its context was cancelled is then no failure.
	Stop func()
	// DB is the pool of the page.
	DB *sql.DB
	// Tx is a transaction on DB, which is rolled back after the block.
	Tx *sql.Tx
	// Conn is a connection of DB.
	Conn *sql.Conn
	// Config is the server's configuration.
	Config *pgadapt.Config
}

// Result is what a block did.
type Result struct {
	// Line is where the page has the block.
	Line int
	// Output is what it printed.
	Output string
	// Error is what it returned, empty for nil.
	Error string
}

// Main runs the page that the first argument names on the server of DATABASE_URL, through the named driver, and writes
// a Result for each block.
func Main(driver string, pages ...Page) {
	log.SetOutput(io.Discard)
	results := json.NewEncoder(os.Stdout)
	for _, page := range pages {
		if page.Name != os.Args[1] {
			continue
		}
		if err := run(page, driver, results); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func run(page Page, driver string, results *json.Encoder) error {
	config, err := pgadapt.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	db, err := sql.Open(driver, os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	for _, block := range page.Blocks {
		result := Result{Line: block.Line}
		result.Output, err = captured(func() error { return runBlock(page, block, db, *config) })
		if err != nil {
			result.Error = err.Error()
		}
		if err := results.Encode(result); err != nil {
			return err
		}
	}
	return nil
}

func runBlock(page Page, block Block, db *sql.DB, config pgadapt.Config) error {
	timed, cancel := context.WithTimeout(context.Background(), Timeout)
	defer cancel()
	ctx, stop := context.WithCancel(timed)
	defer stop()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	page.Use(Session{ctx, stop, db, tx, conn, &config})
	ended := make(chan error, 2)
	if page.Background != nil {
		background := make(chan struct{})
		go func() { defer close(background); page.Background() }()
		defer func() { stop(); <-background }()
	}
	go func() { ended <- recovered(block.Run) }()
	select {
	case err = <-ended:
	case <-time.After(Timeout + 10*time.Second):
		return errors.New("the block does not end")
	}
	if timed.Err() == nil && ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // the page said stop
	}
	return err
}

func recovered(run func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return run()
}

// captured gives what a function writes to os.Stdout.
func captured(run func() error) (string, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return "", err
	}
	stdout := os.Stdout
	os.Stdout = writer
	output := make(chan string)
	go func() {
		text, _ := io.ReadAll(reader)
		output <- string(text)
	}()
	err = run()
	os.Stdout = stdout
	writer.Close()
	return <-output, err
}
