package framing

// Who reads most of a result may take its rows here, where they lie, in place of having them handed on:
// the frame of each is checked all the same, but only once.

// readAhead is the size of the buffer that messages are taken from. PostgreSQL sends in pieces of 8 KiB, and with 32 KiB
// reading 100,000 rows took no less time that could be told from the noise.
const readAhead = 8 << 10

// Straight says that who decodes the messages reads from this reader itself and leaves nothing in between: only then
// what is handed on can be told from what is offered.
func (r *Reader) Straight() { r.straight = true }

// Offer keeps the messages of a type for Take; those that have not arrived as a whole when they are read are handed on
// as any other. It lasts until it is called with another type, or 0 for none.
func (r *Reader) Offer(kind byte) {
	if !r.straight {
		return
	}
	r.offered = kind
	if kind != 0 && r.buffer == nil {
		r.buffer = make([]byte, readAhead)
	}
}

// Take gives messages of the type that is offered, one behind the other, with their headers: those that come next and are
// there as a whole. It may be called when all that was handed on has been used up, and gives nothing where none can be
// taken. The messages are valid until the next call of Read.
func (r *Reader) Take() []byte {
	if r.left+r.arrived+len(r.held) > 0 || r.rationed {
		return nil
	}
	end := r.wholeMessages(r.ahead, r.offered)
	if end == 0 {
		return nil
	}
	if err := r.order.next(r.offered); err != nil {
		return nil // Read will tell
	}
	taken := r.ahead[:end:end]
	r.ahead = r.ahead[end:]
	return taken
}

// Cut gives the body of the first of the messages that Take has given, and the messages after it.
func Cut(taken []byte) (body, rest []byte) {
	end := headerLength + int(bodyLength(taken))
	return taken[headerLength:end:end], taken[end:]
}

// Join gives the bodies of the messages that Take has given as one piece, and how many they are. The bodies are moved
// together over the headers, where they lie.
func Join(taken []byte) (bodies []byte, messages int) {
	if len(taken) == 0 {
		return nil, 0
	}
	filled := headerLength
	for rest := taken; len(rest) > 0; messages++ {
		var body []byte
		body, rest = Cut(rest)
		filled += copy(taken[filled:], body)
	}
	return taken[headerLength:filled:filled], messages
}

// Ahead gives the number of bytes that have arrived and were neither taken nor handed on.
func (r *Reader) Ahead() int { return len(r.ahead) }

// read gives what comes next. While messages are offered, it is read into the memory that they are taken from, and what
// is in dst still stands there; but the rest of a message that would fill that memory goes to dst alone.
func (r *Reader) read(dst []byte) (int, error) {
	switch {
	case len(r.ahead) > 0:
	case r.offered == 0:
		return r.source.Read(dst)
	case r.left >= len(r.buffer):
		return r.source.Read(dst[:min(len(dst), r.left)])
	default:
		n, err := r.source.Read(r.buffer)
		if n == 0 {
			return 0, err
		}
		r.ahead = r.buffer[:n] // an error beside data comes again
	}
	return copy(dst, r.ahead), nil
}

// leave takes out of ahead what read has given of it and was then handed on, or held back.
func (r *Reader) leave(given, handedOn int) {
	switch {
	case len(r.ahead) == 0:
	case r.wanted > 0:
		r.ahead = r.ahead[given:]
	default:
		r.ahead = r.ahead[handedOn:]
	}
}

// readHeld goes on with a message that is held back.
func (r *Reader) readHeld(dst []byte) (int, error) {
	if len(r.ahead) == 0 {
		return r.source.Read(dst)
	}
	n := copy(dst, r.ahead)
	r.ahead = r.ahead[n:]
	return n, nil
}
