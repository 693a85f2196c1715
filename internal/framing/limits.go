package framing

import "fmt"

const (
	// directBytes is the length up to which a message is handed on as it arrives: what a server that lies about a length can
	// make a session allocate in vain. A longer message is held back until a quarter of it has arrived, so that who
	// allocates memory for it needs at most four times what was really sent; but what is held back is copied once more.
	// With 64 KiB here, reading a bytea of 1 MB took twice the memory and processor time.
	directBytes = 4 << 20
	// evidence is the part of a long message that has to arrive first.
	evidence = 4
	// shortBytes is the limit for messages that have no reason to be long; libpq has the same
	// (VALID_LONG_MESSAGE_TYPE in fe-protocol3.c).
	shortBytes = 30000
	// maxParameters is how many different run-time parameters a server may report.
	maxParameters = 256
	// usualParameters is how many there is room for from the start: PostgreSQL 18 reports 15.
	usualParameters = 16
)

// messageKind says what is known of a message type.
type messageKind struct {
	known bool
	// limit is the largest body; 0 leaves that to the reader's maximum.
	limit int
}

// messageKinds has the messages that a server may send, by their type.
var messageKinds = func() (kinds [256]messageKind) {
	for _, short := range "123cCGHIKnRsSWvZ" {
		kinds[short] = messageKind{known: true, limit: shortBytes}
	}
	for _, long := range "ADdENtTV" {
		kinds[long] = messageKind{known: true}
	}
	return kinds
}()

// TooLongError says that a message is longer than the limit of the reader.
type TooLongError struct {
	// Length is what the server announces, and Limit what is allowed, in bytes.
	Length, Limit int64
}

func (e *TooLongError) Error() string {
	return fmt.Sprintf("the server announces a message of %d bytes, more than max_message_bytes (%d): "+
		"raise that if such values are expected, else the other end is no PostgreSQL server or is out of step",
		e.Length, e.Limit)
}

// ViolationError says that a server does not keep to the protocol.
type ViolationError struct{ reason string }

func (e *ViolationError) Error() string { return "protocol violation: the server " + e.reason }

func violation(format string, args ...any) error {
	return &ViolationError{reason: fmt.Sprintf(format, args...)}
}
