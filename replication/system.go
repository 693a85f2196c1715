package replication

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// System is what IDENTIFY_SYSTEM says of a server.
type System struct {
	// ID is the cluster's identifier, the same on a primary and its standbys.
	ID string
	// Timeline is the current timeline.
	Timeline uint32
	// FlushLSN is the end of the WAL that is on disk.
	FlushLSN LSN
	// Database is the database of a logical session, "" in a physical one.
	Database string
}

// IdentifySystem asks who the server is and how far its WAL reaches.
func (s *Session) IdentifySystem(ctx context.Context) (System, error) {
	row, err := s.row(ctx, "IDENTIFY_SYSTEM", 4)
	if err != nil {
		return System{}, err
	}
	timeline, err := parseTimeline(row[1])
	if err != nil {
		return System{}, err
	}
	flushed, err := ParseLSN(string(row[2]))
	return System{ID: string(row[0]), Timeline: timeline, FlushLSN: flushed, Database: string(row[3])}, err
}

// TimelineHistory is the history file of a timeline.
type TimelineHistory struct {
	// FileName is the file's name, such as 00000002.history.
	FileName string
	// Content is the file's content: a line for each earlier timeline, with the LSN at which it was left.
	Content []byte
}

// TimelineHistory asks for the history file of a timeline; the first one has none (SQLSTATE 58P01).
func (s *Session) TimelineHistory(ctx context.Context, timeline uint32) (TimelineHistory, error) {
	row, err := s.row(ctx, fmt.Sprintf("TIMELINE_HISTORY %d", timeline), 2)
	if err != nil {
		return TimelineHistory{}, err
	}
	return TimelineHistory{FileName: string(row[0]), Content: row[1]}, nil
}

// Show gives the value of a run-time parameter of the server, as SHOW prints it.
func (s *Session) Show(ctx context.Context, name string) (string, error) {
	parts := strings.Split(name, ".")
	for i, part := range parts {
		parts[i] = quoteIdentifier(part)
	}
	row, err := s.row(ctx, "SHOW "+strings.Join(parts, "."), 1)
	if err != nil {
		return "", err
	}
	return string(row[0]), nil
}

func parseTimeline(text []byte) (uint32, error) {
	timeline, err := strconv.ParseUint(string(text), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("replication: the server's timeline is %.20q, not a number", text)
	}
	return uint32(timeline), nil
}
