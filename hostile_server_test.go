package pgadapt_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// encoded gives messages as a server sends them.
func encoded(messages ...pgproto3.BackendMessage) string {
	var stream []byte
	for _, message := range messages {
		stream, _ = message.Encode(stream)
	}
	return string(stream)
}

var (
	authenticationOK = encoded(&pgproto3.AuthenticationOk{})
	readyForQuery    = encoded(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	welcome          = authenticationOK + encoded(&pgproto3.ParameterStatus{Name: "client_encoding", Value: "UTF8"},
		&pgproto3.BackendKeyData{ProcessID: 1, SecretKey: []byte{0, 0, 0, 1}}) + readyForQuery
	selected = encoded(&pgproto3.CommandComplete{CommandTag: []byte("SELECT 1")})
	oneInt   = encoded(&pgproto3.RowDescription{Fields: []pgproto3.FieldDescription{
		{Name: []byte("a"), DataTypeOID: 23, DataTypeSize: 4}}})
	row    = encoded(&pgproto3.DataRow{Values: [][]byte{[]byte("1")}})
	notice = encoded(&pgproto3.NoticeResponse{Severity: "NOTICE", Message: strings.Repeat("endless ", 100)})
)

// rawServer lets a client say what it wants, and answers with bytes of the test's choice.
type rawServer struct {
	address string
	// login is sent after the startup message, and answer after each Query or Sync. An answer that ends in forever is
	// repeated from there on.
	login, answer string
	// hangsUp says that the connection is closed after the answer, and not left open.
	hangsUp bool
}

// forever marks the place from which on an answer is repeated.
const forever = "\x00endless\x00"

func startRawServer(t testing.TB, server rawServer) *rawServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server.address = listener.Addr().String()
	var connections sync.WaitGroup
	ended := make(chan struct{})
	connections.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Go(func() {
				stop := context.AfterFunc(t.Context(), func() { _ = connection.Close() })
				defer stop()
				go func() {
					<-ended
					_ = connection.Close()
				}()
				server.serve(connection)
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		close(ended)
		connections.Wait()
	})
	return &server
}

func (s *rawServer) serve(connection net.Conn) {
	defer connection.Close()
	backend := pgproto3.NewBackend(connection, connection)
	startup, err := backend.ReceiveStartupMessage()
	if _, isCancel := startup.(*pgproto3.CancelRequest); err != nil || isCancel {
		return
	}
	if !s.send(connection, s.login) {
		return
	}
	for {
		message, err := backend.Receive()
		if err != nil {
			return
		}
		switch message.(type) {
		case *pgproto3.Query, *pgproto3.Sync:
			if !s.send(connection, s.answer) {
				return
			}
		}
	}
}

// send reports whether the connection goes on.
func (s *rawServer) send(connection net.Conn, stream string) bool {
	once, repeated, isEndless := strings.Cut(stream, forever)
	_, err := io.WriteString(connection, once)
	for isEndless && err == nil {
		_, err = io.WriteString(connection, strings.Repeat(repeated, 1+8192/len(repeated)))
	}
	return err == nil && !(s.hangsUp && stream != welcome)
}

func (s *rawServer) open(t testing.TB, mode string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgadapt", "postgres://user:"+canary+"@"+s.address+
		"/db?sslmode=disable&cancel_timeout=50ms&default_query_exec_mode="+mode)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// soon is the patience with a server that may not answer at all.
const soon = 100 * time.Millisecond

// bounded runs work, which has as much time as patience, and gives its error. It gives none of its own kind but for work
// that does not end, and for an error that says too much or too little.
func bounded(patience time.Duration, work func(context.Context) error) (err, trouble error) {
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	finished := make(chan error, 1)
	go func() { finished <- work(ctx) }()
	select {
	case err = <-finished:
	case <-time.After(20 * time.Second):
		return nil, errors.New("it hangs")
	}
	for _, wrong := range []string{canary, "%!"} {
		if err != nil && strings.Contains(err.Error(), wrong) {
			return err, fmt.Errorf("%q is in the error %w", wrong, err)
		}
	}
	return err, nil
}

// inEveryWay runs all operations on the server at once, in three modes of their own, and calls check for each outcome.
func (s *rawServer) inEveryWay(t *testing.T, check func(operation string, err error)) {
	t.Helper()
	for _, mode := range []string{"cache_statement", "cache_describe", "simple_protocol"} {
		var running sync.WaitGroup
		for operation, run := range operations {
			db := s.open(t, mode)
			running.Go(func() {
				for range 2 {
					err, trouble := bounded(soon, func(ctx context.Context) error { return run(ctx, db) })
					if trouble != nil {
						t.Errorf("%s in mode %s: %v", operation, mode, trouble)
					}
					check(operation+" in mode "+mode, err)
				}
			})
		}
		running.Wait()
	}
}

func TestHostileLogin(t *testing.T) {
	sasl := encoded(&pgproto3.AuthenticationSASL{AuthMechanisms: []string{"SCRAM-SHA-256"}})
	for name, c := range map[string]struct{ login, parameters, want string }{
		"nothing":                         {"", "", "deadline"},
		"garbage":                         {"\x00\x01\x02garbage of a length that fills a header", "", "unknown type"},
		"a web server":                    {"HTTP/1.1 400 Bad Request\r\n\r\n", "", "max_message_bytes"},
		"an SSH server":                   {"SSH-2.0-OpenSSH_9.2p1\r\n", "", "max_message_bytes"},
		"length of two gigabytes":         {"R\x7f\xff\xff\xff", "", "max_message_bytes"},
		"length of a gigabyte":            {"E\x3f\xff\xff\xff" + strings.Repeat("x", 1000), "", "more than such an answer"},
		"negative length":                 {"R\xff\xff\xff\xf0", "", "impossible length"},
		"authentication without its kind": {"R\x00\x00\x00\x04", "", "too short"},
		"unknown authentication":          {"R\x00\x00\x00\x08\x00\x00\x00\x63", "", "unknown authentication"},
		"salt that is too short":          {"R\x00\x00\x00\x09\x00\x00\x00\x05x", "", "cannot connect"},
		"cleartext under require_auth":    {encoded(&pgproto3.AuthenticationCleartextPassword{}), "&require_auth=scram-sha-256", "require_auth"},
		"MD5 under require_auth":          {encoded(&pgproto3.AuthenticationMD5Password{}), "&require_auth=scram-sha-256", "require_auth"},
		"no question under require_auth":  {welcome, "&require_auth=scram-sha-256", "require_auth"},
		"half a SCRAM":                    {sasl + authenticationOK + readyForQuery, "", "AuthenticationSASLContinue"},
		"SCRAM without a mechanism":       {encoded(&pgproto3.AuthenticationSASL{}), "", "SCRAM-SHA-256"},
		"SCRAM with another's nonce": {sasl + encoded(&pgproto3.AuthenticationSASLContinue{Data: []byte("r=evil,s=c2FsdA==,i=4096")}),
			"", "nonce"},
		"SCRAM with forever work": {sasl + encoded(&pgproto3.AuthenticationSASLContinue{Data: []byte("r=evil,s=c2FsdA==,i=2147483647")}),
			"", "too high"},
		"SCRAM with garbage":            {sasl + encoded(&pgproto3.AuthenticationSASLContinue{Data: []byte("\xff\x00,,,")}), "", "SCRAM"},
		"GSS that nobody can":           {encoded(&pgproto3.AuthenticationGSS{}), "", "GSS"},
		"ready before it let one in":    {readyForQuery, "", "ReadyForQuery before AuthenticationOk"},
		"row before login":              {row, "", "unexpected message"},
		"error without fields":          {"E\x00\x00\x00\x05\x00", "", "cannot connect"},
		"error cut short":               {"E\x00\x00\x00\x08SFA", "", "cannot connect"},
		"notices without end":           {forever + notice, "", "more than such an answer"},
		"parameters without end":        {authenticationOK + forever + encoded(&pgproto3.ParameterStatus{Name: "a", Value: strings.Repeat("v", 9999)}), "", "more than such an answer"},
		"notifications without end":     {authenticationOK + forever + encoded(&pgproto3.NotificationResponse{Channel: "a"}), "", "unexpected message"},
		"key without a process":         {authenticationOK + "K\x00\x00\x00\x04", "", "BackendKeyData"},
		"key of a megabyte":             {authenticationOK + "K\x00\x10\x00\x00" + strings.Repeat("k", 1<<20), "", "type 'K'"},
		"protocol of the future":        {encoded(&pgproto3.NegotiateProtocolVersion{NewestMinorProtocol: 99}) + "v\x00\x00\x00\x0c\x00\x00\x00\x00\xff\xff\xff\xff", "", "NegotiateProtocolVersion"},
		"wrong encoding":                {authenticationOK + encoded(&pgproto3.ParameterStatus{Name: "client_encoding", Value: "LATIN1"}) + readyForQuery, "", "LATIN1"},
		"ready inside of a transaction": {authenticationOK + encoded(&pgproto3.ReadyForQuery{TxStatus: 'T'}), "", "transaction open"},
	} {
		for _, hangsUp := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, hangs up %t", name, hangsUp), func(t *testing.T) {
				server := startRawServer(t, rawServer{login: c.login, hangsUp: hangsUp})
				db, err := sql.Open("pgadapt", "postgres://user:"+canary+"@"+server.address+"/db?sslmode=disable"+c.parameters)
				require.NoError(t, err)
				defer db.Close()

				patience := soon
				if strings.Contains(c.login, forever) {
					patience = 10 * time.Second
				}
				err, trouble := bounded(patience, db.PingContext)

				require.NoError(t, trouble)
				want := c.want
				if c.login == "" && hangsUp {
					want = "EOF"
				}
				require.ErrorContains(t, err, want)
			})
		}
	}
}

// operations is what a program does with a connection.
var operations = map[string]func(ctx context.Context, db *sql.DB) error{
	"Exec": func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, "update t set a = 1")
		return err
	},
	"Exec with arguments": func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, "update t set a = $1", "1")
		return err
	},
	"Query": func(ctx context.Context, db *sql.DB) error {
		return readAll(db.QueryContext(ctx, "select a from t"))
	},
	"Query with arguments": func(ctx context.Context, db *sql.DB) error {
		return readAll(db.QueryContext(ctx, "select a from t where a = $1", "1"))
	},
	"several statements": func(ctx context.Context, db *sql.DB) error {
		return readAll(db.QueryContext(ctx, "select a from t; select a from t"))
	},
	"Ping": func(ctx context.Context, db *sql.DB) error { return db.PingContext(ctx) },
	"transaction": func(ctx context.Context, db *sql.DB) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		_, execErr := tx.ExecContext(ctx, "update t set a = 1")
		if err := tx.Commit(); err != nil {
			return err
		}
		return execErr
	},
	"Prepare": func(ctx context.Context, db *sql.DB) error {
		statement, err := db.PrepareContext(ctx, "select a from t where a = $1")
		if err != nil {
			return err
		}
		defer statement.Close()
		return readAll(statement.QueryContext(ctx, "1"))
	},
	"COPY from": func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, "copy t from stdin", strings.NewReader("1\n"))
		return err
	},
	"COPY of rows": func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, "copy t from stdin", pgadapt.CopyRows(func(yield func([]any, error) bool) { yield([]any{1}, nil) }))
		return err
	},
	"COPY to": func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, "copy t to stdout", io.Discard)
		return err
	},
	"unknown type": func(ctx context.Context, db *sql.DB) error {
		rows, err := db.QueryContext(ctx, "select a from t")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			types, err := rows.ColumnTypes()
			if err != nil {
				return err
			}
			var into []string
			for range types {
				_ = rows.Scan(&into)
			}
		}
		return rows.Err()
	},
}

// readAll scans every row in more than one way.
func readAll(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for {
		for rows.Next() {
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			values, destinations := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				destinations[i] = &values[i]
			}
			_ = rows.Scan(destinations...)
		}
		if !rows.NextResultSet() {
			return rows.Err()
		}
	}
}

// hostileAnswers are never a good answer to anything.
var hostileAnswers = map[string]string{
	"length of two gigabytes":   "D\x7f\xff\xff\xff",
	"length of a gigabyte":      "D\x3f\xff\xff\xff" + strings.Repeat("x", 1000),
	"row of a gigabyte":         oneInt + "D\x3f\xff\xff\xff" + strings.Repeat("x", 1000),
	"value of a gigabyte":       oneInt + "D\x00\x00\x00\x0b\x00\x01\x3f\xff\xff\xffx",
	"row cut short":             oneInt + "D\x00\x00\x00\x05\x00",
	"negative value":            oneInt + "D\x00\x00\x00\x0a\x00\x01\xff\xff\xff\xfe",
	"65535 columns of nothing":  "T\x00\x00\x00\x06\xff\xff" + "D\x00\x00\x00\x06\xff\xff",
	"65535 parameters":          "1\x00\x00\x00\x04t\x00\x00\x00\x06\xff\xff",
	"unknown message":           "?\x00\x00\x00\x04" + readyForQuery,
	"garbage":                   strings.Repeat("\xde\xad\xbe\xef", 100),
	"error cut short":           "E\x00\x00\x00\x08SER" + readyForQuery,
	"ready inside of a result":  oneInt + row + readyForQuery + readyForQuery,
	"ready inside of nothing":   oneInt + readyForQuery + readyForQuery + row + selected + readyForQuery,
	"ready after Bind":          encoded(&pgproto3.BindComplete{}) + readyForQuery,
	"no ReadyForQuery":          selected,
	"no end of the result":      oneInt + row,
	"notices without end":       forever + notice,
	"notifications without end": forever + encoded(&pgproto3.NotificationResponse{Channel: "a", Payload: strings.Repeat("b", 1000)}),
	"the same parameter for ever": forever + encoded(&pgproto3.ParameterStatus{
		Name: "a", Value: strings.Repeat("b", 1000)}),
	"data of a gigabyte":     copyOutBegins + "d\x3f\xff\xff\xff" + strings.Repeat("x", 1000),
	"data without end":       copyOutBegins + forever + copiedLine,
	"parameters without end": manyParameters(),
	"only half a header":     "D\x00",
	"nothing":                "",
}

func manyParameters() string {
	var stream bytes.Buffer
	for i := range 300 {
		stream.WriteString(encoded(&pgproto3.ParameterStatus{Name: fmt.Sprint("p", i), Value: strings.Repeat("v", 29_000)}))
	}
	return stream.String()
}

func TestHostileAnswers(t *testing.T) {
	for name, answer := range hostileAnswers {
		for _, hangsUp := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, hangs up %t", name, hangsUp), func(t *testing.T) {
				t.Parallel()
				server := startRawServer(t, rawServer{login: welcome, answer: answer, hangsUp: hangsUp})
				server.inEveryWay(t, func(operation string, err error) {
					if err == nil {
						t.Errorf("%s: no error", operation)
					}
				})
			})
		}
	}
}

// What a server sends without end, or only announces, is not kept.
func TestHostileAnswersTakeLittleMemory(t *testing.T) {
	const most = 64 << 20
	for name, answer := range hostileAnswers {
		t.Run(name, func(t *testing.T) {
			server := startRawServer(t, rawServer{login: welcome, answer: answer})
			for _, operation := range []string{"Query", "Exec with arguments", "COPY from"} {
				db := server.open(t, "cache_statement")
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				_, trouble := bounded(soon, func(ctx context.Context) error { return operations[operation](ctx, db) })
				runtime.ReadMemStats(&after)
				require.NoError(t, trouble)
				require.LessOrEqual(t, int64(after.HeapSys)-int64(before.HeapSys), int64(most), operation)
			}
		})
	}
}

// strangeAnswers break a rule, and yet some statements can live with them. What matters is that nothing worse happens.
var strangeAnswers = map[string]string{
	"error without fields":      "E\x00\x00\x00\x05\x00" + readyForQuery,
	"error of unknown fields":   "E\x00\x00\x00\x0b?what\x00\x00" + readyForQuery,
	"position out of the text":  encoded(&pgproto3.ErrorResponse{Severity: "ERROR", Code: "42601", Position: 99999}) + readyForQuery,
	"rows without description":  row + selected + readyForQuery,
	"more values than columns":  oneInt + encoded(&pgproto3.DataRow{Values: [][]byte{[]byte("1"), []byte("2")}}) + selected + readyForQuery,
	"fewer values than columns": oneInt + encoded(&pgproto3.DataRow{}) + selected + readyForQuery,
	"a second description":      oneInt + row + encoded(&pgproto3.RowDescription{}) + row + selected + readyForQuery,
	"more parameters than asked": encoded(&pgproto3.ParseComplete{}, &pgproto3.ParameterDescription{ParameterOIDs: make([]uint32, 50)},
		&pgproto3.NoData{}) + readyForQuery,
	"no description":         encoded(&pgproto3.ParseComplete{}) + readyForQuery,
	"only ready":             readyForQuery,
	"strange tag":            encoded(&pgproto3.CommandComplete{CommandTag: []byte("INSERT 99999999999999999999 x")}) + readyForQuery,
	"empty tag":              encoded(&pgproto3.CommandComplete{}) + readyForQuery,
	"unasked COPY in":        encoded(&pgproto3.CopyInResponse{}) + selected + readyForQuery,
	"unasked COPY out":       encoded(&pgproto3.CopyOutResponse{}, &pgproto3.CopyData{Data: []byte("1\n")}, &pgproto3.CopyDone{}) + selected + readyForQuery,
	"unasked COPY both":      encoded(&pgproto3.CopyBothResponse{}) + readyForQuery,
	"transaction of its own": oneInt + row + selected + encoded(&pgproto3.ReadyForQuery{TxStatus: 'E'}),
	"unknown state":          selected + encoded(&pgproto3.ReadyForQuery{TxStatus: 'X'}),
	"unasked authentication": authenticationOK + selected + readyForQuery,
	"type without a name": encoded(&pgproto3.RowDescription{Fields: []pgproto3.FieldDescription{{Name: []byte("\xff"), DataTypeOID: 99999}}}) +
		row + selected + readyForQuery,
	"two answers": oneInt + row + selected + readyForQuery + oneInt + row + selected + readyForQuery,
}

func TestStrangeAnswers(t *testing.T) {
	for name, answer := range strangeAnswers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startRawServer(t, rawServer{login: welcome, answer: answer})
			server.inEveryWay(t, func(string, error) {})
		})
	}
}

func TestRowsThatDoNotFitTheirDescription(t *testing.T) {
	for _, answer := range []string{strangeAnswers["more values than columns"], strangeAnswers["fewer values than columns"]} {
		server := startRawServer(t, rawServer{login: welcome, answer: answer})
		db := server.open(t, "simple_protocol")
		conn := session(t, db)
		_, err := conn.QueryContext(t.Context(), "select a from t")
		require.ErrorContains(t, err, "described 1 columns")
		require.ErrorContains(t, err, "protocol violation")
		_, err = conn.QueryContext(t.Context(), "select a from t")
		require.Error(t, err, "the connection is given up")
		_ = conn.Close()
		require.Zero(t, db.Stats().Idle)
	}
}

func TestMaxMessageBytes(t *testing.T) {
	db := open(t, "max_message_bytes", "1MB")
	var length int
	require.NoError(t, db.QueryRow("select length(repeat('x', 1000000))").Scan(&length))
	var text string
	require.NoError(t, db.QueryRow("select repeat('x', 1000000)").Scan(&text))
	require.Len(t, text, 1_000_000)

	err := db.QueryRow("select repeat('x', 2000000)").Scan(&text)
	require.ErrorContains(t, err, "a message of 2000006 bytes, more than max_message_bytes (1048576)")
	requireWorking(t, db)
}
