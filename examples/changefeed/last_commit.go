package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/pgadapt/pgadapt/replication"
)

const (
	// firstWords are how the output of a feed begins.
	firstWords = `{"kind":"begin",`
	// firstLook is how many bytes at the end of a file are searched for a commit. If there is none, more are.
	firstLook = 64 << 10
)

// errNotAFeed protects files that were named by mistake.
var errNotAFeed = errors.New("it is not the output of a feed, and is left alone")

// lastCommit gives the length of a file up to its last commit, and where that transaction ends. Both are 0 if there is
// none.
func lastCommit(file io.ReaderAt, size int64) (length int64, end replication.LSN, err error) {
	if err := checkBeginning(file, size); err != nil {
		return 0, 0, err
	}
	for look := int64(firstLook); ; look *= 8 {
		start := max(0, size-look)
		length, end, err := lastCommitAfter(file, start, size)
		if err != nil || length > 0 || start == 0 {
			return length, end, err
		}
	}
}

// checkBeginning sees that a file is empty or begins as the output of a feed, of which the first line may be torn.
func checkBeginning(file io.ReaderAt, size int64) error {
	beginning := make([]byte, min(size, int64(len(firstWords))))
	if _, err := file.ReadAt(beginning, 0); err != nil && err != io.EOF {
		return err
	}
	if !strings.HasPrefix(firstWords, string(beginning)) {
		return errNotAFeed
	}
	return nil
}

// lastCommitAfter is lastCommit for the lines that begin after a position, or at the beginning of the file.
func lastCommitAfter(file io.ReaderAt, start, size int64) (length int64, end replication.LSN, err error) {
	lines := bufio.NewReader(io.NewSectionReader(file, start, size-start))
	position := start
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF { // also of a last line that is torn
			return length, end, nil
		}
		if err != nil {
			return 0, 0, err
		}
		begins := position
		position += int64(len(line))
		if begins == start && start > 0 {
			continue // the rest of a line
		}
		if found, ok := readCommit(line); ok {
			length, end = position, found
		}
	}
}

// readCommit gives where the transaction ends that a line commits, and false for every other line.
func readCommit(line []byte) (replication.LSN, bool) {
	if !strings.HasPrefix(string(line), `{"kind":"commit",`) {
		return 0, false
	}
	var commit transactionLine
	err := json.Unmarshal(line, &commit)
	return commit.End, err == nil && commit.End > 0
}
