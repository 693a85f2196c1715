package pgadapt

import (
	"encoding/binary"
	"slices"
)

// storedResult is a result set in memory.
type storedResult struct {
	shape *shape
	rows  storedRows
}

// storedRows holds rows in one piece of memory: for each value its length in four bytes, -1 for NULL, and its
// bytes, as in PostgreSQL's DataRow message.
type storedRows struct {
	data []byte
	// position is where the next row begins, and columns the number of values in each.
	position, columns int
	// values is the memory of the row that was read last.
	values [][]byte
	// left counts the rows not yet read; rows without columns take no memory.
	left int
}

const null = -1

// append stores a row and gives the number of bytes that it takes.
func (s *storedRows) append(values [][]byte) int64 {
	before := len(s.data)
	for _, value := range values {
		if value == nil {
			s.data = binary.BigEndian.AppendUint32(s.data, 1<<32-1)
			continue
		}
		s.data = binary.BigEndian.AppendUint32(s.data, uint32(len(value)))
		s.data = append(s.data, value...)
	}
	s.columns = len(values)
	s.left++
	return int64(len(s.data) - before)
}

// next gives the next stored row, of which there must be one.
func (s *storedRows) next() (values [][]byte) {
	s.left--
	s.values = slices.Grow(s.values[:0], s.columns)[:s.columns]
	for i := range s.values {
		length := int(int32(binary.BigEndian.Uint32(s.data[s.position:])))
		s.position += 4
		if length == null {
			s.values[i] = nil
			continue
		}
		end := s.position + length
		s.values[i] = s.data[s.position:end:end]
		s.position = end
	}
	return s.values
}
