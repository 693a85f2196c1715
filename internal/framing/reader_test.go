package framing_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/framing"
)

// message gives a message as a server sends it.
func message(kind byte, body string) string {
	return announced(kind, len(body)) + body
}

// announced gives the header of a message with length bytes.
func announced(kind byte, length int) string {
	return string(binary.BigEndian.AppendUint32([]byte{kind}, uint32(length+4)))
}

const limit = 1 << 20

// heldBackAbove is the length above which the tests have messages held back.
const heldBackAbove = 64 << 10

// session is what a server sends to a client that logs in, asks a query and prepares a statement.
var session = strings.Join([]string{
	message('R', "\x00\x00\x00\x00"), message('S', "TimeZone\x00UTC\x00"), message('K', "\x00\x00\x00\x01\x00\x00\x00\x02"),
	message('Z', "I"), message('T', "\x00\x00"), message('N', "\x00"), message('D', "\x00\x00"), message('A', "\x00\x00\x00\x01a\x00b\x00"),
	message('D', strings.Repeat("x", 100_000)), message('C', "SELECT 2\x00"), message('Z', "I"),
	message('1', ""), message('t', "\x00\x00"), message('T', "\x00\x00"), message('Z', "I"),
	message('2', ""), message('D', "\x00\x00"), message('E', "C22012\x00\x00"), message('Z', "E"), message('I', ""), message('Z', "I"),
}, "")

func TestGoodSessionPassesUnchanged(t *testing.T) {
	for name, source := range map[string]func(io.Reader) io.Reader{
		"at once":          func(r io.Reader) io.Reader { return r },
		"byte by byte":     iotest.OneByteReader,
		"halves":           iotest.HalfReader,
		"error with data":  iotest.DataErrReader,
		"pieces of 8 kB":   func(r io.Reader) io.Reader { return pieces{r, 8192} },
		"pieces of 7 byte": func(r io.Reader) io.Reader { return pieces{r, 7} },
	} {
		t.Run(name, func(t *testing.T) {
			got, err := io.ReadAll(framing.NewReader(source(strings.NewReader(session)), limit))
			require.NoError(t, err)
			require.True(t, session == string(got))
		})
	}
}

type pieces struct {
	io.Reader
	size int
}

func (p pieces) Read(dst []byte) (int, error) { return p.Reader.Read(dst[:min(len(dst), p.size)]) }

func TestReadingGoesOnAfterATimeout(t *testing.T) {
	reader := framing.NewReader(&impatient{source: strings.NewReader(session)}, limit)
	var got []byte
	buffer := make([]byte, 8192)
	for {
		n, err := reader.Read(buffer)
		got = append(got, buffer[:n]...)
		if err == io.EOF {
			break
		}
		if err != nil {
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		}
	}
	require.True(t, session == string(got))
}

// impatient has a timeout before each piece.
type impatient struct {
	source io.Reader
	ready  bool
}

func (i *impatient) Read(dst []byte) (int, error) {
	i.ready = !i.ready
	if i.ready {
		return 0, os.ErrDeadlineExceeded
	}
	return i.source.Read(dst[:min(len(dst), 5000)])
}

func TestViolations(t *testing.T) {
	var manyParameters strings.Builder
	for i := range 300 {
		manyParameters.WriteString(message('S', fmt.Sprintf("p%d\x00\x00", i)))
	}
	good := message('N', "\x00")
	for name, c := range map[string]struct{ sent, want string }{
		"unknown type":                   {message('x', ""), `unknown type 'x'`},
		"a web server":                   {"HTTP/1.1 400 Bad Request\r\n\r\n", "max_message_bytes (1048576)"},
		"length that is negative":        {"D\xff\xff\xff\xff", "impossible length -1"},
		"length without itself":          {"D\x00\x00\x00\x03", "impossible length 3"},
		"length above the limit":         {announced('D', limit+1), "a message of 1048577 bytes, more than max_message_bytes (1048576)"},
		"long message of a short kind":   {announced('Z', 30001), `type 'Z' with 30001 bytes, which may have 30000`},
		"secret key that is a novel":     {announced('K', 1<<19), "type 'K'"},
		"parameters without end":         {manyParameters.String(), "more than 256 run-time parameters"},
		"ready inside a result":          {message('T', "\x00\x00") + message('Z', "I"), "without having ended"},
		"ready after a row":              {message('D', "\x00\x00") + message('Z', "I"), "without having ended"},
		"ready after Bind":               {message('2', "") + message('N', "\x00") + message('Z', "I"), "without having ended"},
		"description of a second result": {message('D', "\x00\x00") + message('t', "") + message('T', "") + message('Z', "I"), "without having ended"},
		"ready twice inside of a result": {message('Z', "I") + message('D', "") + message('Z', "I") + message('Z', "I"), "without having ended"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, source := range []io.Reader{strings.NewReader(good + c.sent), iotest.OneByteReader(strings.NewReader(good + c.sent))} {
				reader := framing.NewReader(source, limit)
				got, err := io.ReadAll(reader)
				require.ErrorContains(t, err, c.want)
				require.True(t, strings.HasPrefix(string(got), good), "what was good is handed on")
				require.Less(t, len(got), len(good)+len(c.sent), "the header is never complete")
				_, again := reader.Read(make([]byte, 1))
				require.Equal(t, err, again)
			}
		})
	}
}

func TestErrorsCanBeToldApart(t *testing.T) {
	_, err := io.ReadAll(framing.NewReader(strings.NewReader(announced('D', limit+1)), limit))
	tooLong, ok := errors.AsType[*framing.TooLongError](err)
	require.True(t, ok)
	require.Equal(t, framing.TooLongError{Length: limit + 1, Limit: limit}, *tooLong)
	_, err = io.ReadAll(framing.NewReader(strings.NewReader(message('x', "")), limit))
	_, ok = errors.AsType[*framing.ViolationError](err)
	require.True(t, ok)
}

func TestSameParametersMayBeReportedForEver(t *testing.T) {
	sent := strings.Repeat(message('S', "TimeZone\x00UTC\x00")+message('S', "application_name\x00x\x00"), 10_000)
	got, err := io.ReadAll(framing.NewReader(strings.NewReader(sent), limit))
	require.NoError(t, err)
	require.Len(t, got, len(sent))
}

func TestRation(t *testing.T) {
	notice := message('N', "\x00")
	reader := framing.NewReader(strings.NewReader(strings.Repeat(notice, 100)), limit)
	buffer := make([]byte, len(notice))
	reader.Ration(int64(10 * len(notice)))
	for range 10 {
		_, err := reader.Read(buffer)
		require.NoError(t, err)
	}
	reader.Unration()
	for range 10 {
		_, err := reader.Read(buffer)
		require.NoError(t, err)
	}
	reader.Ration(int64(len(notice)))
	_, err := io.ReadAll(reader)
	require.ErrorContains(t, err, "more than such an answer can have")
}

// The header of a long message comes with a quarter of its body, so that nobody allocates on the word of a length alone.
func TestLongMessageIsHeldBackUntilAPartHasArrived(t *testing.T) {
	const claimed = 1 << 30
	reader := framing.NewReader(io.MultiReader(strings.NewReader(message('N', "\x00")+announced('D', claimed)),
		bytes.NewReader(make([]byte, 1000)), iotest.ErrReader(io.ErrUnexpectedEOF)), claimed)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)

	got, err := io.ReadAll(reader)

	runtime.ReadMemStats(&after)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Less(t, len(got), len(message('N', "\x00"))+5)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))

	const length = 16 << 20
	reader = framing.NewReader(pieces{strings.NewReader(message('D', strings.Repeat("y", length))), 4096}, length)
	header := make([]byte, 5)
	_, err = io.ReadFull(reader, header)
	require.NoError(t, err)
	rest, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.Equal(t, length, len(rest))
}

func TestPassingOnAllocatesNothing(t *testing.T) {
	rows := bytes.Repeat([]byte(message('D', strings.Repeat("x", 50))), 1000)
	source := bytes.NewReader(rows)
	reader := framing.NewReader(source, limit)
	buffer := make([]byte, 8192)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		source.Reset(rows)
		for {
			if _, err := reader.Read(buffer); err != nil {
				return
			}
		}
	}))
}

// However a stream is cut into pieces, the outcome is the same: as much of it, and the same error.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{session, "HTTP/1.1 400\r\n", announced('D', 1<<19) + strings.Repeat("z", 200_000), "D\xff\xff\xff\xff"} {
		f.Add([]byte(seed), uint16(1), uint16(8192))
	}
	f.Fuzz(func(t *testing.T, stream []byte, one, two uint16) {
		read := func(pieceSize, bufferSize uint16) ([]byte, error) {
			reader := framing.NewReader(pieces{bytes.NewReader(stream), int(pieceSize) + 1}, limit)
			reader.HoldBackAbove(heldBackAbove)
			buffer := make([]byte, int(bufferSize)+1)
			var got []byte
			for {
				n, err := reader.Read(buffer)
				got = append(got, buffer[:n]...)
				if err != nil {
					return got, err
				}
			}
		}
		first, firstErr := read(one, two)
		second, secondErr := read(two, one)
		require.Equal(t, firstErr, secondErr)
		require.True(t, bytes.HasPrefix(stream, first))
		if firstErr != io.EOF {
			require.True(t, slices.Equal(first, second))
			return
		}
		if complete(stream) {
			require.Equal(t, len(stream), len(first))
			require.Equal(t, len(stream), len(second))
		}
	})
}

// complete reports whether the stream ends with the end of a message.
func complete(stream []byte) bool {
	for len(stream) >= 5 {
		length := int(int32(binary.BigEndian.Uint32(stream[1:]))) + 1
		if length < 5 || length > len(stream) {
			return false
		}
		stream = stream[length:]
	}
	return len(stream) == 0
}
