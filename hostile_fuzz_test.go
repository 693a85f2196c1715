package pgadapt_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"
)

// goodAnswer is what a server says to a statement that is described and run, with one row of several types.
var goodAnswer = encoded(&pgproto3.ParseComplete{}, &pgproto3.ParameterDescription{ParameterOIDs: []uint32{25}}) + wideRow +
	encoded(&pgproto3.ParameterStatus{Name: "TimeZone", Value: "UTC"}) + readyForQuery +
	encoded(&pgproto3.BindComplete{}) + wideRow +
	encoded(&pgproto3.DataRow{Values: [][]byte{{0, 0, 0, 1}, []byte("text"), nil, {0, 0, 0, 0, 0, 0, 0, 1}, []byte("{1,2}")}}) +
	selected + readyForQuery +
	encoded(&pgproto3.ErrorResponse{Severity: "ERROR", Code: "22012", Message: "division by zero", Position: 8}) + readyForQuery

// goodCopy is what a server says to a COPY … TO STDOUT.
var goodCopy = copyOutBegins + copiedLine + notice + copiedLine + copyDone + copied + readyForQuery

var wideRow = encoded(&pgproto3.RowDescription{Fields: []pgproto3.FieldDescription{
	{Name: []byte("a"), DataTypeOID: 23, Format: 1}, {Name: []byte("b"), DataTypeOID: 25}, {Name: []byte("c"), DataTypeOID: 1700},
	{Name: []byte("d"), DataTypeOID: 1184, Format: 1}, {Name: []byte("e"), DataTypeOID: 1007},
}})

// FuzzMutatedSession lets a server say a good session with bytes changed. Whatever it says, each statement ends soon,
// without a panic and without taking much memory.
func FuzzMutatedSession(f *testing.F) {
	f.Add(uint8(0), uint16(0), byte(0), []byte(nil))
	for _, answer := range []map[string]string{hostileAnswers, strangeAnswers} {
		for _, bytes := range answer {
			if len(bytes) < 1000 {
				f.Add(uint8(1), uint16(7), byte(0xff), []byte(bytes))
			}
		}
	}
	for _, test := range answersOutOfTurn {
		f.Add(uint8(5), uint16(len(welcome)), byte(0), []byte(test.answer))
	}
	names := []string{"Query", "Query with arguments", "Exec", "Prepare", "COPY from", "COPY to", "unknown type", "transaction"}
	f.Fuzz(func(t *testing.T, kind uint8, position uint16, flip byte, inserted []byte) {
		good := goodAnswer
		if names[int(kind)%len(names)] == "COPY to" {
			good = goodCopy
		}
		mutated := []byte(welcome + good)
		place := int(position) % len(mutated)
		mutated[place] ^= flip
		mutated = append(mutated[:place:place], append(inserted, mutated[place:]...)...)
		login, answer := welcome, string(mutated)
		if place < len(welcome) {
			login, answer = string(mutated[:len(welcome)+len(inserted)]), good
		} else {
			answer = answer[len(welcome):]
		}
		server := startRawServer(t, rawServer{login: login, answer: answer, hangsUp: true})
		db := server.open(t, modes[int(kind)%len(modes)])
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, trouble := bounded(soon, func(ctx context.Context) error { return operations[names[int(kind)%len(names)]](ctx, db) })
		runtime.ReadMemStats(&after)
		require.NoError(t, trouble)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20))
	})
}
