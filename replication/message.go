package replication

import (
	"encoding/binary"
	"fmt"
	"time"
)

// Message is what the server sent about one change, or a piece of WAL.
type Message struct {
	// WALStart is the message's position in the WAL. For a logical stream that is the end of the record that it tells of,
	// or 0 if it tells of none.
	WALStart LSN
	// ServerWALEnd is where the server's WAL ended when it sent the message. The distance to WALStart is the lag in bytes.
	ServerWALEnd LSN
	// SendTime is when the server sent it, by the server's clock.
	SendTime time.Time
	// Data is what the output plugin wrote, or the WAL of a physical stream. It is the program's own.
	Data []byte
	// Change is Data decoded, with pgoutput; else nil.
	Change Change
	// Resumed says that the connection was cut and this is the first message of a new one: what was not acknowledged comes
	// again, transactions from their beginning.
	Resumed bool

	end LSN
}

// End gives the position to acknowledge when the message and all before it are dealt with. In a logical stream a
// transaction counts as dealt with when its last message is acknowledged, Commit with pgoutput.
func (m Message) End() LSN { return m.end }

// keepAlive is the server's sign of life.
type keepAlive struct {
	walEnd         LSN
	replyRequested bool
}

// parseCopyData reads the messages that come within the stream (PostgreSQL documentation, "Streaming Replication
// Protocol"). It gives either a message, whose Data is part of data, or a keepalive.
func parseCopyData(data []byte, physical bool) (Message, *keepAlive, error) {
	in := &payload{rest: data}
	switch kind := in.byte(); kind {
	case 'w':
		message := Message{WALStart: in.lsn(), ServerWALEnd: in.lsn(), SendTime: in.time(), Data: in.rest}
		message.end = message.WALStart
		if physical {
			message.end += LSN(len(message.Data))
		}
		return message, nil, copyDataError(in.err)
	case 'k':
		alive := &keepAlive{walEnd: in.lsn()}
		in.time()
		alive.replyRequested = in.byte() == 1
		return Message{}, alive, copyDataError(in.err)
	default:
		return Message{}, nil, fmt.Errorf("replication: the server sent a message of unknown type %q in the stream", kind)
	}
}

func copyDataError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("replication: the server sent a malformed message in the stream: %w", err)
}

// statusUpdate writes the Standby status update.
func statusUpdate(positions Positions, now time.Time, replyRequested bool) []byte {
	message := make([]byte, 0, 1+4*8+1)
	message = append(message, 'r')
	for _, field := range []uint64{
		uint64(positions.Written), uint64(positions.Flushed), uint64(positions.Applied), uint64(microsecondsAt(now)),
	} {
		message = binary.BigEndian.AppendUint64(message, field)
	}
	if replyRequested {
		return append(message, 1)
	}
	return append(message, 0)
}

func microsecondsAt(moment time.Time) int64 { return moment.UnixMicro() - serverEpoch }
