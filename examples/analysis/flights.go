package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"github.com/parquet-go/parquet-go"
)

// flight is a row of the file.
type flight struct {
	At          int64  `parquet:"date,optional"`  // microseconds since 1970 of a local clock
	Delay       int64  `parquet:"delay,optional"` // in minutes; negative is early
	Distance    int64  `parquet:"distance,optional"`
	Origin      string `parquet:"origin,optional"`
	Destination string `parquet:"destination,optional"`
}

// flights is an open file of flights.
type flights struct {
	file   *os.File
	reader *parquet.GenericReader[flight]
}

func openFlights(path string) (*flights, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	// The reader is made from a file that was looked into, since it panics on what is no Parquet file.
	parsed, err := parquet.OpenFile(file, info.Size())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return &flights{file, parquet.NewGenericReader[flight](parsed)}, nil
}

func (f *flights) close() error { return errors.Join(f.reader.Close(), f.file.Close()) }

// count gives the number of flights in the file.
func (f *flights) count() int64 { return f.reader.NumRows() }

// rows gives the flights as rows for COPY: at, delay, distance, origin, destination. It holds a thousand at a time, and
// uses one slice for all rows.
func (f *flights) rows() iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		page, row := make([]flight, 1000), make([]any, 5)
		for {
			n, err := f.reader.Read(page)
			for _, one := range page[:n] {
				row[0], row[1], row[2] = time.UnixMicro(one.At).UTC(), one.Delay, one.Distance
				row[3], row[4] = one.Origin, one.Destination
				if !yield(row, nil) {
					return
				}
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}
