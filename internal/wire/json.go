package wire

import (
	"errors"
	"fmt"
)

// jsonbVersion is the only version of jsonb's binary format so far: the text of the document after one byte.
const jsonbVersion = 1

// DecodeJSONB reads the binary format of jsonb and gives the text of the document. The result is part of src, not a
// copy. An unknown version is an error. (json has the same binary and text format and needs no decoder.)
func DecodeJSONB(src []byte) ([]byte, error) {
	if len(src) == 0 {
		return nil, errors.New("binary jsonb has a length of 0 bytes, want at least 1")
	}
	if src[0] != jsonbVersion {
		return nil, fmt.Errorf("binary jsonb has version %d, only %d is known", src[0], jsonbVersion)
	}
	return src[1:], nil
}

// AppendJSONB appends the binary format of jsonb for the text of a document. The server checks the document.
func AppendJSONB(dst, text []byte) []byte {
	return append(append(dst, jsonbVersion), text...)
}
