package drivers

import (
	"io"
	"strconv"
)

// CopySource is rows to load into a table.
type CopySource struct {
	// Statement is the COPY … FROM STDIN that loads the rows, in the text format.
	Statement string
	// Schema and Table name the table to load.
	Schema, Table string
	// Columns names the columns, in the order of a row's values.
	Columns []string
	// Rows is the number of rows.
	Rows int
	// Row gives row i, from 0. Its values are int64, float64 or string; the slice must not be changed.
	Row func(i int) []any
}

// Text gives the rows in the text format of COPY (PostgreSQL documentation, COPY, "Text Format"). The strings
// must need no escape.
func (s CopySource) Text() io.Reader { return &textRows{source: s} }

type textRows struct {
	source CopySource
	next   int
	// unread is the rest of what buffer holds.
	unread, buffer []byte
}

// textChunk is how many bytes are rendered at a time, or a row more.
const textChunk = 32 << 10

func (t *textRows) Read(p []byte) (int, error) {
	if len(t.unread) == 0 {
		t.render()
	}
	if len(t.unread) == 0 {
		return 0, io.EOF
	}
	n := copy(p, t.unread)
	t.unread = t.unread[n:]
	return n, nil
}

func (t *textRows) render() {
	t.buffer = t.buffer[:0]
	for ; t.next < t.source.Rows && len(t.buffer) < textChunk; t.next++ {
		t.buffer = appendTextRow(t.buffer, t.source.Row(t.next))
	}
	t.unread = t.buffer
}

func appendTextRow(dst []byte, row []any) []byte {
	for i, value := range row {
		if i > 0 {
			dst = append(dst, '\t')
		}
		switch value := value.(type) {
		case int64:
			dst = strconv.AppendInt(dst, value, 10)
		case float64:
			dst = strconv.AppendFloat(dst, value, 'g', -1, 64)
		case string:
			dst = append(dst, value...)
		}
	}
	return append(dst, '\n')
}
