package replication

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// walSenderTimeout asks after what silence the server takes this session's program for dead; 0 is never.
func (s *Session) walSenderTimeout(ctx context.Context) (time.Duration, error) {
	text, err := s.Show(ctx, "wal_sender_timeout")
	if err != nil {
		return 0, err
	}
	return parseServerDuration(text)
}

// serverUnits are the units of time in which SHOW prints a setting (PostgreSQL documentation, "Parameter Names and
// Values"); d is Go's only missing one.
var serverUnits = map[string]time.Duration{
	"": time.Millisecond, "ms": time.Millisecond, "s": time.Second, "min": time.Minute, "h": time.Hour, "d": 24 * time.Hour,
}

func parseServerDuration(text string) (time.Duration, error) {
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz")
	number, err := strconv.Atoi(digits)
	unit, known := serverUnits[text[len(digits):]]
	if err != nil || !known {
		return 0, fmt.Errorf("replication: the server's wal_sender_timeout is %.20q, not a time", text)
	}
	return time.Duration(number) * unit, nil
}
