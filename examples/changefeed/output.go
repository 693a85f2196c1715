package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/pgadapt/pgadapt/replication"
)

// output is where the lines go. A file has whole transactions only, but for the one that is being written.
type output struct {
	buffer *bufio.Writer
	// file is what was opened, nil for standard output.
	file *os.File
	// regular says that the file can be shortened, which pipes and terminals cannot.
	regular bool
	// whole is the length of the file up to its last commit.
	whole int64
	// length is that of all that was put, written or still in the buffer.
	length int64
	// last is where the last transaction ends that is in the output, 0 if there is none. What ends before it comes a
	// second time.
	last replication.LSN
	// dealtWith is where the last transaction ends that has come from the stream. Another goroutine reads it.
	dealtWith atomic.Uint64
}

// openOutput opens the file of a path to go on with it, or takes out if the path is empty. The server's WAL ends at
// walEnd.
func openOutput(path string, out io.Writer, walEnd replication.LSN) (*output, error) {
	if path == "" {
		return &output{buffer: bufio.NewWriter(out)}, nil
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("-output: %w", err)
	}
	o := &output{buffer: bufio.NewWriter(file), file: file}
	if err := o.resume(walEnd); err != nil {
		return nil, errors.Join(fmt.Errorf("-output: %w", err), file.Close())
	}
	return o, nil
}

// resume finds out where the file was left, and removes what a program that died has left of a transaction.
func (o *output) resume(walEnd replication.LSN) error {
	info, err := o.file.Stat()
	if err != nil {
		return err
	}
	o.regular = info.Mode().IsRegular()
	if !o.regular {
		return nil
	}
	o.whole, o.last, err = lastCommit(o.file, info.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", o.file.Name(), err)
	}
	if o.last > walEnd {
		return fmt.Errorf("%s ends at %s, and the server is only at %s: it is the feed of another server, "+
			"and is left alone", o.file.Name(), o.last, walEnd)
	}
	return o.takeBack()
}

// put writes a line.
func (o *output) put(line any) error {
	text, err := encodeJSON(line)
	if err != nil {
		return err
	}
	text = append(text, '\n')
	o.length += int64(len(text))
	_, err = o.buffer.Write(text)
	return err
}

// commit makes what was put readable. end is where its transaction ends.
func (o *output) commit(end replication.LSN) error {
	if err := o.buffer.Flush(); err != nil {
		return err
	}
	o.whole = o.length
	o.last = max(o.last, end)
	o.dealtWith.Store(uint64(end))
	return nil
}

// written gives the end of the last transaction that has come and is written.
func (o *output) written() replication.LSN { return replication.LSN(o.dealtWith.Load()) }

// takeBack removes what was put after the last commit. What has gone down a pipe stays: its reader sees the
// transaction begin once more.
func (o *output) takeBack() error {
	if !o.regular {
		return o.buffer.Flush()
	}
	o.buffer.Reset(o.file)
	o.length = o.whole
	if err := o.file.Truncate(o.whole); err != nil {
		return err
	}
	_, err := o.file.Seek(o.whole, io.SeekStart)
	return err
}

// sync has the operating system store what was written, where that can be stored.
func (o *output) sync() error {
	if !o.regular {
		return nil
	}
	return o.file.Sync()
}

func (o *output) close() error {
	if o.file == nil {
		return nil
	}
	return o.file.Close()
}
