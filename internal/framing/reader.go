package framing

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"io"
	"slices"
)

// headerLength is that of a message's type and length.
const headerLength = 5

// Reader hands on what a server sends, as long as its messages keep to the rules. It is for one goroutine at a time.
// After an error of the network, such as a timeout, reading may go on; after one of its own it gives that for ever.
type Reader struct {
	source io.Reader
	limit  int64
	// direct is the length of a body up to which its message is not held back.
	direct int
	// allowance is the number of bytes that may still come, if rationed says that there is such a number.
	allowance int64
	rationed  bool

	header  [headerLength]byte
	arrived int // how much of the header has arrived
	// left is what remains of the present message's body.
	left int
	// held has the beginning of a long message from the last byte of its header on, and wanted is how much of it has
	// to arrive before it is handed on; 0 when nothing is held back.
	held   []byte
	wanted int
	// offered is the type of the messages that are kept for Take, 0 for none.
	offered byte
	// straight says that nothing between this reader and who decodes the messages keeps any of them.
	straight bool
	// buffer is the memory of what is read while messages are offered, and ahead the part of it that was neither checked
	// nor handed on yet.
	buffer, ahead []byte
	// failed is the violation that ended the reading.
	failed error

	order      order
	parameters parameters
}

// NewReader gives a reader of the messages that come from source. None of them may have a body of more than limit bytes.
func NewReader(source io.Reader, limit int64) *Reader {
	return &Reader{source: source, limit: limit, direct: directBytes}
}

// Ration lets at most that many bytes come until the next call of Unration: for answers whose reader keeps them all.
func (r *Reader) Ration(allowance int64) { r.allowance, r.rationed = allowance, true }

// Unration ends what Ration has begun.
func (r *Reader) Unration() { r.rationed = false }

// Read implements io.Reader.
func (r *Reader) Read(dst []byte) (int, error) {
	if r.failed != nil {
		return 0, r.failed
	}
	if r.wanted > 0 {
		if err := r.waitForHeld(); err != nil {
			return 0, err
		}
	}
	if len(r.held) > 0 {
		return r.release(dst), nil
	}
	n, err := r.read(dst)
	passed, violation := r.check(dst[:n])
	r.leave(n, passed)
	if violation != nil {
		r.failed, r.ahead, err = violation, nil, violation
	}
	if passed == 0 && err == nil && r.wanted > 0 {
		return r.Read(dst)
	}
	if passed > 0 && violation != nil {
		return passed, nil // what came before the violation may tell why, as an ErrorResponse does
	}
	return passed, err
}

// check goes through the messages in data and gives how much of it may be handed on.
func (r *Reader) check(data []byte) (passed int, err error) {
	for position := 0; position < len(data); {
		if r.left > 0 {
			inside := min(r.left, len(data)-position)
			if err := r.parameters.read(data[position : position+inside]); err != nil {
				return position, err
			}
			r.left -= inside
			position += inside
			continue
		}
		if r.arrived == 0 && r.offered != 0 && position > 0 && r.isWhole(data[position:], r.offered) {
			return position, nil
		}
		copied := copy(r.header[r.arrived:], data[position:])
		r.arrived += copied
		position += copied
		if r.arrived < headerLength {
			break
		}
		r.arrived = 0
		// Without the last byte of its header a message is not begun by who reads.
		if err := r.begin(); err != nil {
			return position - 1, err
		}
		if r.left > r.direct && len(data)-position < r.left/evidence {
			r.held = append(r.held, data[position-1:]...)
			r.wanted = 1 + r.left/evidence
			r.left -= len(data) - position
			return position - 1, nil
		}
		if repeats := r.repeats(data[position:]); repeats > 0 {
			position, r.left = position+repeats, 0
		}
	}
	return len(data), nil
}

// repeats gives the length of what remains of the present message and of the whole messages of the same type after it;
// 0 where they need a look each. The rows of a result and the data of a COPY are by far the most messages, and one of
// them allows what the one before it has: for them checking comes down to walking from length to length. That took the
// check of a row of one int8 from 25 to 10 ns (BenchmarkRows).
func (r *Reader) repeats(data []byte) int {
	kind := r.header[0]
	if kind != 'D' && kind != 'd' || r.rationed || r.offered != 0 || r.left > len(data) {
		return 0
	}
	return r.left + r.wholeMessages(data[r.left:], kind)
}

// wholeMessages gives the length of the messages of a type that data begins with and that are there as a whole.
func (r *Reader) wholeMessages(data []byte, kind byte) (length int) {
	for r.isWhole(data[length:], kind) {
		length += headerLength + int(bodyLength(data[length:]))
	}
	return length
}

// isWhole reports whether data begins with a message of a type that is there as a whole.
func (r *Reader) isWhole(data []byte, kind byte) bool {
	if len(data) < headerLength || data[0] != kind {
		return false
	}
	length := bodyLength(data)
	return length >= 0 && length <= r.limit && length <= int64(len(data)-headerLength)
}

// bodyLength gives the length of a message's body by its header.
func bodyLength(header []byte) int64 { return int64(int32(binary.BigEndian.Uint32(header[1:]))) - 4 }

// begin looks at the header that has arrived.
func (r *Reader) begin() error {
	kind, length := r.header[0], bodyLength(r.header[:])
	known := messageKinds[kind]
	switch {
	case !known.known:
		return violation("has sent a message of the unknown type %q: is it a PostgreSQL server?", kind)
	case length < 0:
		return violation("has sent a message of type %q with the impossible length %d", kind, length+4)
	case length > r.limit:
		return &TooLongError{Length: length, Limit: r.limit}
	case known.limit > 0 && length > int64(known.limit):
		return violation("announces a message of type %q with %d bytes, which may have %d", kind, length, known.limit)
	}
	if r.rationed {
		if r.allowance -= headerLength + length; r.allowance < 0 {
			return violation("sends more than such an answer can have")
		}
	}
	if err := r.order.next(kind); err != nil {
		return err
	}
	r.parameters.begin(kind)
	r.left = int(length)
	return nil
}

// waitForHeld reads until enough of the message that is held back has arrived.
func (r *Reader) waitForHeld() error {
	for len(r.held) < r.wanted {
		if cap(r.held) == len(r.held) {
			r.held = append(make([]byte, 0, 2*cap(r.held)), r.held...)
		}
		room := r.held[len(r.held):min(cap(r.held), r.wanted)]
		n, err := r.readHeld(room)
		r.held = r.held[:len(r.held)+n]
		r.left -= n
		if err != nil && len(r.held) < r.wanted {
			return err
		}
	}
	r.wanted = 0
	return nil
}

// release hands on what was held back.
func (r *Reader) release(dst []byte) int {
	n := copy(dst, r.held)
	r.held = r.held[n:]
	if len(r.held) == 0 {
		r.held = nil
	}
	return n
}

// order knows which messages may follow which, as far as pgconn relies on that.
type order struct {
	previous byte
	// open says that a result has begun and not ended.
	open bool
}

// next takes note of a message. ReadyForQuery inside a result, which never comes from PostgreSQL, would have pgconn read
// on, with nobody left to watch the context, or take the end of another command for that of this one.
func (o *order) next(kind byte) error {
	previous := o.previous
	switch kind {
	case 'N', 'S', 'A': // notices, parameters and notifications may come at any time
		return nil
	case '2', 'D':
		o.open = true
	case 'T':
		// After a ParameterDescription it describes a statement, and no result begins.
		o.open = o.open || previous != 't'
	case 'C', 'E', 'I', 's':
		o.open = false
	case 'Z':
		if o.open {
			return violation("is ready for another query without having ended its result")
		}
	}
	o.previous = kind
	return nil
}

// parameters counts the different run-time parameters that a server reports. Their names are kept as hashes with a
// secret, lest a server choose names that look alike. There are so few that a list of them is searched as fast as a map,
// and takes one allocation where a map took seven as it grew.
type parameters struct {
	seen []uint64
	// name is the hash of the name that is arriving.
	name   maphash.Hash
	inName bool
}

func (p *parameters) begin(kind byte) {
	p.inName = kind == 'S'
	if p.inName {
		p.name.Reset()
	}
}

// read goes on with the body of a message. Only the beginning of a ParameterStatus matters.
func (p *parameters) read(body []byte) error {
	if !p.inName {
		return nil
	}
	name, _, ended := bytes.Cut(body, []byte{0})
	_, _ = p.name.Write(name)
	if !ended {
		return nil
	}
	p.inName = false
	hash := p.name.Sum64()
	if slices.Contains(p.seen, hash) {
		return nil
	}
	if len(p.seen) == maxParameters {
		return violation("reports more than %d run-time parameters", maxParameters)
	}
	if p.seen == nil {
		p.seen = make([]uint64, 0, usualParameters)
	}
	p.seen = append(p.seen, hash)
	return nil
}
