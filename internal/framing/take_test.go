package framing_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/framing"
)

// received reads whole messages as a client does that takes those of the type offered where it can, 0 for none: only
// when all that was handed on is used up. It gives them all, how many were taken, and the error that ended the stream.
func received(reader *framing.Reader, offered byte, bufferSize int) (messages []string, taken int, err error) {
	reader.Straight()
	reader.Offer(offered)
	buffer := make([]byte, bufferSize)
	var handedOn []byte
	for {
		if len(handedOn) == 0 {
			for messagesTaken := reader.Take(); len(messagesTaken) > 0; taken++ {
				var body []byte
				body, messagesTaken = framing.Cut(messagesTaken)
				messages = append(messages, message(offered, string(body)))
			}
		}
		n, err := reader.Read(buffer)
		handedOn = append(handedOn, buffer[:n]...)
		for length := firstLength(handedOn); length > 0; length = firstLength(handedOn) {
			messages = append(messages, string(handedOn[:length]))
			handedOn = handedOn[length:]
		}
		if err != nil {
			return messages, taken, err
		}
	}
}

// firstLength gives the length of the message at the start of data, 0 if that is not whole.
func firstLength(data []byte) int {
	if len(data) < 5 {
		return 0
	}
	length := 1 + int(int32(binary.BigEndian.Uint32(data[1:])))
	if length < 5 || length > len(data) {
		return 0
	}
	return length
}

func TestOfferedMessagesAreTaken(t *testing.T) {
	rows := strings.Repeat(message('D', "\x00\x01\x00\x00\x00\x011"), 5000)
	stream := session + message('2', "") + rows + message('C', "SELECT 5000\x00") + message('Z', "I")
	want, none, err := received(framing.NewReader(strings.NewReader(stream), limit), 0, 8192)
	require.Equal(t, io.EOF, err)
	require.Zero(t, none)
	for name, source := range map[string]io.Reader{
		"at once":        strings.NewReader(stream),
		"pieces of 8 kB": pieces{strings.NewReader(stream), 8192},
		"pieces of 99 B": pieces{strings.NewReader(stream), 99},
		"with the error": iotest.DataErrReader(strings.NewReader(stream)),
	} {
		t.Run(name, func(t *testing.T) {
			messages, taken, err := received(framing.NewReader(source, limit), 'D', 8192)
			require.Equal(t, io.EOF, err)
			require.Equal(t, want, messages)
			require.Greater(t, taken, 4000)
		})
	}
}

// The bodies of messages that were taken are moved over each other's headers.
func TestJoin(t *testing.T) {
	for name, bodies := range map[string][]string{
		"none": nil, "one": {"row"}, "one that is empty": {""}, "several": {"a", "", "bcd", strings.Repeat("e", 5000), "f"},
		"all empty": {"", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var taken []byte
			for _, body := range bodies {
				taken = append(taken, message('d', body)...)
			}
			joined, messages := framing.Join(taken)
			require.Equal(t, strings.Join(bodies, ""), string(joined))
			require.Equal(t, len(bodies), messages)
		})
	}
}

// Only rows that are there as a whole can be taken; else they are handed on, as is what no program should get.
func TestWhatCannotBeTakenIsHandedOn(t *testing.T) {
	whole := message('D', "row")
	for name, c := range map[string]struct{ sent, want string }{
		"length that is negative": {"D\xff\xff\xff\xff", "impossible length -1"},
		"length without itself":   {"D\x00\x00\x00\x03", "impossible length 3"},
		"length above the limit":  {announced('D', limit+1), "more than max_message_bytes"},
		"ready inside a result":   {message('Z', "I"), "without having ended"},
		"unknown type":            {message('x', ""), `unknown type 'x'`},
		"cut short":               {announced('D', 100) + "short", io.EOF.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			reader := framing.NewReader(strings.NewReader(message('2', "")+whole+whole+c.sent), limit)
			messages, _, err := received(reader, 'D', 8192)
			require.ErrorContains(t, err, c.want)
			require.Equal(t, []string{message('2', ""), whole, whole}, messages)
			require.Empty(t, reader.Take())
		})
	}
}

func TestNothingIsTakenWhereItMustNot(t *testing.T) {
	stream := strings.Repeat(message('D', "row"), 10)
	newReader := func() *framing.Reader { return framing.NewReader(strings.NewReader(stream), limit) }
	t.Run("something is in between", func(t *testing.T) {
		reader := newReader()
		reader.Offer('D')
		n, err := reader.Read(make([]byte, 8192))
		require.NoError(t, err)
		require.Equal(t, len(stream), n)
		require.Empty(t, reader.Take())
	})
	t.Run("inside a message", func(t *testing.T) {
		reader := newReader()
		reader.Straight()
		reader.Offer('D')
		_, err := reader.Read(make([]byte, 3))
		require.NoError(t, err)
		require.Empty(t, reader.Take())
	})
	t.Run("rationed", func(t *testing.T) {
		reader := newReader()
		reader.Ration(20)
		_, taken, err := received(reader, 'D', 8192)
		require.ErrorContains(t, err, "more than such an answer can have")
		require.Zero(t, taken)
	})
	t.Run("no longer offered", func(t *testing.T) {
		reader := newReader()
		reader.Straight()
		reader.Offer('D')
		buffer := make([]byte, 8192)
		first, err := reader.Read(buffer)
		require.NoError(t, err)
		require.Equal(t, len(stream)-first, reader.Ahead())
		reader.Offer(0)
		require.Empty(t, reader.Take())
		second, err := reader.Read(buffer)
		require.NoError(t, err)
		require.Equal(t, len(stream), first+second)
	})
}

// A long row goes where the caller wants it, and no further than its end.
func TestLongRowBetweenShortOnes(t *testing.T) {
	short := message('D', "row")
	stream := short + message('D', strings.Repeat("y", 300_000)) + strings.Repeat(short, 10) + message('C', "SELECT 12\x00")
	for _, size := range []int{7, 4096, 8192, 400_000} {
		reader := framing.NewReader(pieces{strings.NewReader(stream), 16384}, limit)
		reader.HoldBackAbove(heldBackAbove)
		messages, taken, err := received(reader, 'D', size)
		require.Equal(t, io.EOF, err)
		require.Equal(t, stream, strings.Join(messages, ""))
		require.Positive(t, taken)
	}
}

// Whatever a server sends, in whatever pieces, who takes rows gets the same messages and the same error as who does not.
func FuzzTake(f *testing.F) {
	rows := strings.Repeat(message('D', "\x00\x01\x00\x00\x00\x011"), 30)
	for _, seed := range []string{
		message('2', "") + rows + message('C', "SELECT 30\x00") + message('Z', "I"), session[:200], rows + "D\xff\xff\xff\xff", rows + announced('D', 1<<19) + rows,
	} {
		f.Add([]byte(seed), uint16(1), uint16(8192))
		f.Add([]byte(seed), uint16(8192), uint16(100))
	}
	f.Fuzz(func(t *testing.T, stream []byte, pieceSize, bufferSize uint16) {
		newReader := func() *framing.Reader {
			reader := framing.NewReader(pieces{bytes.NewReader(stream), int(pieceSize) + 1}, limit)
			reader.HoldBackAbove(heldBackAbove)
			return reader
		}
		want, _, wantErr := received(newReader(), 0, 8192)
		messages, _, err := received(newReader(), 'D', int(bufferSize)+1)
		require.Equal(t, wantErr, err)
		require.Equal(t, want, messages)
	})
}

func TestTakingAllocatesNothing(t *testing.T) {
	rows := bytes.Repeat([]byte(message('D', strings.Repeat("x", 50))), 1000)
	source := bytes.NewReader(rows)
	reader := framing.NewReader(source, limit)
	reader.Straight()
	reader.Offer('D')
	buffer := make([]byte, 8192)
	taken := 0
	require.Zero(t, testing.AllocsPerRun(10, func() { taken += takeAll(source, rows, reader, buffer) }))
	require.Positive(t, taken)
}

// takeAll takes rows where it can and reads the others, and gives the number of those taken.
func takeAll(source *bytes.Reader, rows []byte, reader *framing.Reader, buffer []byte) (taken int) {
	source.Reset(rows)
	for {
		for messages := reader.Take(); len(messages) > 0; taken++ {
			_, messages = framing.Cut(messages)
		}
		if _, err := reader.Read(buffer); err != nil {
			return taken
		}
	}
}

// BenchmarkRows is what the check costs for 100,000 rows of one int8, beside nothing but copying them.
func BenchmarkRows(b *testing.B) {
	rows := bytes.Repeat([]byte(message('D', "\x00\x01\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x2a")), 100_000)
	source, buffer := bytes.NewReader(rows), make([]byte, 8192)
	readAll := func(reader io.Reader) {
		source.Reset(rows)
		for {
			if _, err := reader.Read(buffer); err != nil {
				return
			}
		}
	}
	b.Run("unchecked", func(b *testing.B) {
		for b.Loop() {
			readAll(source)
		}
	})
	b.Run("handed-on", func(b *testing.B) {
		reader := framing.NewReader(source, limit)
		for b.Loop() {
			readAll(reader)
		}
	})
	b.Run("taken", func(b *testing.B) {
		reader := framing.NewReader(source, limit)
		reader.Straight()
		reader.Offer('D')
		for b.Loop() {
			takeAll(source, rows, reader, buffer)
		}
	})
}
