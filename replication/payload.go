package replication

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"
)

// payload reads the fields of a message one after the other. After the first that is not there it gives zero values.
type payload struct {
	rest []byte
	err  error
}

func (p *payload) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
	p.rest = nil
}

func (p *payload) take(n int) []byte {
	if p.err == nil && n > len(p.rest) {
		p.fail("the message is too short")
	}
	if p.err != nil {
		return nil
	}
	taken := p.rest[:n:n]
	p.rest = p.rest[n:]
	return taken
}

// next gives the next byte without taking it, 0 if there is none.
func (p *payload) next() byte {
	if len(p.rest) == 0 {
		return 0
	}
	return p.rest[0]
}

func (p *payload) byte() byte {
	if field := p.take(1); field != nil {
		return field[0]
	}
	return 0
}

func (p *payload) expect(marker byte) {
	if found := p.byte(); p.err == nil && found != marker {
		p.fail("there is %q in place of %q", found, marker)
	}
}

// flags takes a field that has no meaning yet.
func (p *payload) flags() { p.byte() }

func (p *payload) uint16() uint16 {
	if field := p.take(2); field != nil {
		return binary.BigEndian.Uint16(field)
	}
	return 0
}

func (p *payload) uint32() uint32 {
	if field := p.take(4); field != nil {
		return binary.BigEndian.Uint32(field)
	}
	return 0
}

func (p *payload) uint64() uint64 {
	if field := p.take(8); field != nil {
		return binary.BigEndian.Uint64(field)
	}
	return 0
}

func (p *payload) lsn() LSN { return LSN(p.uint64()) }

func (p *payload) time() time.Time { return serverTime(int64(p.uint64())) }

// string takes a text that ends with a zero byte.
func (p *payload) string() string {
	length := bytes.IndexByte(p.rest, 0)
	if length < 0 {
		p.fail("the message is too short")
		return ""
	}
	text := string(p.rest[:length])
	p.rest = p.rest[length+1:]
	return text
}

// bytes takes a length and as many bytes.
func (p *payload) bytes() []byte {
	length := p.uint32()
	if uint64(length) > uint64(len(p.rest)) {
		p.fail("the message is too short")
		return nil
	}
	return p.take(int(length))
}

// count takes the number of the elements that follow, of at least size bytes each, so that nothing is allocated for
// more elements than there are.
func (p *payload) count(size int) int {
	count := int(p.uint16())
	if count*size > len(p.rest) {
		p.fail("the message is too short")
		return 0
	}
	return count
}

// serverEpoch is where PostgreSQL counts its microseconds from, 1 January 2000, in Go's count.
const serverEpoch = 946684800 * 1_000_000

func serverTime(microseconds int64) time.Time {
	return time.UnixMicro(serverEpoch + microseconds).UTC()
}
