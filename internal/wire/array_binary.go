package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// ArrayBinary reads the elements of an array in binary format, one after the other in row-major order.
type ArrayBinary struct {
	// ElementOID is the type of the elements.
	ElementOID uint32

	lengths     [MaxDimensions]int
	lowerBounds [MaxDimensions]int32
	dimensions  int
	body        []byte
}

// arrayHeader and arrayDimension are the sizes of the number of dimensions, the flag for NULLs and the element type, and
// of a length with its lower bound (array_send).
const (
	arrayHeader    = 12
	arrayDimension = 8
)

// DecodeArray reads the header of the binary format of an array and checks that the elements are all there.
func DecodeArray(src []byte) (ArrayBinary, error) {
	if len(src) < arrayHeader {
		return ArrayBinary{}, fmt.Errorf("binary array has a length of %d bytes, want at least %d", len(src), arrayHeader)
	}
	dimensions := binary.BigEndian.Uint32(src)
	if dimensions > MaxDimensions || len(src) < arrayHeader+int(dimensions)*arrayDimension {
		return ArrayBinary{}, fmt.Errorf("binary array of %d bytes has %d dimensions", len(src), dimensions)
	}
	array := ArrayBinary{ElementOID: binary.BigEndian.Uint32(src[8:]), dimensions: int(dimensions)}
	rest, elements := src[arrayHeader:], int64(1)
	for i := range array.dimensions {
		length := int32(binary.BigEndian.Uint32(rest))
		array.lengths[i], array.lowerBounds[i] = int(length), int32(binary.BigEndian.Uint32(rest[4:]))
		elements *= int64(length)
		if length < 0 || elements > int64(len(src)/4) {
			return ArrayBinary{}, fmt.Errorf("binary array of %d bytes has %d elements in dimension %d", len(src), length, i+1)
		}
		rest = rest[arrayDimension:]
	}
	array.body = rest
	if dimensions == 0 {
		elements = 0
	}
	return array, array.check(elements)
}

// check looks at the length of every element.
func (a *ArrayBinary) check(elements int64) error {
	rest := a.body
	for i := range elements {
		if len(rest) < 4 {
			return fmt.Errorf("binary array ends before element %d of %d", i+1, elements)
		}
		size := int32(binary.BigEndian.Uint32(rest))
		rest = rest[4:]
		if size < -1 || int(size) > len(rest) {
			return fmt.Errorf("element %d of a binary array has %d bytes, but %d are left", i+1, size, len(rest))
		}
		rest = rest[max(size, 0):]
	}
	if len(rest) > 0 {
		return fmt.Errorf("binary array has %d bytes after its last element", len(rest))
	}
	return nil
}

// Lengths gives the number of elements in each dimension, and nothing for an empty array.
func (a *ArrayBinary) Lengths() []int { return a.lengths[:a.dimensions] }

// Len gives the number of elements.
func (a *ArrayBinary) Len() int { return count(a.Lengths()) }

// Rest gives the bytes of the elements that Next has not given yet, each behind the four of its size.
func (a *ArrayBinary) Rest() []byte { return a.body }

// Clone gives the same array in memory of its own.
func (a *ArrayBinary) Clone() *ArrayBinary {
	clone := *a
	clone.body = bytes.Clone(a.body)
	return &clone
}

// Next gives the next element, nil for NULL. It must be called Len times at most.
func (a *ArrayBinary) Next() []byte {
	size := int32(binary.BigEndian.Uint32(a.body))
	if size < 0 {
		a.body = a.body[4:]
		return nil
	}
	element := a.body[4 : 4+size : 4+size]
	a.body = a.body[4+size:]
	return element
}

// AppendArrayHeader appends the header of the binary format of an array of elements of a type, with the lengths of its
// dimensions. An array without elements has no dimension.
func AppendArrayHeader(dst []byte, elementOID uint32, hasNull bool, lengths ...int) []byte {
	if count(lengths) == 0 {
		lengths = nil
	}
	flag := uint32(0)
	if hasNull {
		flag = 1
	}
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(lengths)))
	dst = binary.BigEndian.AppendUint32(dst, flag)
	dst = binary.BigEndian.AppendUint32(dst, elementOID)
	for _, length := range lengths {
		dst = binary.BigEndian.AppendUint32(dst, uint32(length))
		dst = binary.BigEndian.AppendUint32(dst, 1)
	}
	return dst
}

// PutHasNull sets the flag for NULLs in a header.
func PutHasNull(header []byte) { binary.BigEndian.PutUint32(header[4:], 1) }

// AppendNull appends an element that is NULL.
func AppendNull(dst []byte) []byte { return binary.BigEndian.AppendUint32(dst, math.MaxUint32) }

// AppendSize appends the size of an element before its bytes.
func AppendSize(dst []byte, size int) []byte {
	return binary.BigEndian.AppendUint32(dst, uint32(min(size, math.MaxInt32)))
}

// PutSize writes the size of an element whose bytes are all of dst from after start on, where AppendSize has left room.
func PutSize(dst []byte, start int) {
	binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
}

// AppendBounds appends the bounds of the dimensions as the text format has them before an array whose lower bounds are
// not all 1: [2:3]=. Others have none.
func (a *ArrayBinary) AppendBounds(dst []byte) []byte {
	ordinary := true
	for _, lower := range a.lowerBounds[:a.dimensions] {
		ordinary = ordinary && lower == 1
	}
	if ordinary {
		return dst
	}
	for i, length := range a.Lengths() {
		lower := int64(a.lowerBounds[i])
		dst = strconv.AppendInt(append(dst, '['), lower, 10)
		dst = strconv.AppendInt(append(dst, ':'), lower+int64(length)-1, 10)
		dst = append(dst, ']')
	}
	return append(dst, '=')
}
