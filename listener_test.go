package pgadapt_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/pgerr"
)

func TestListenerReceives(t *testing.T) {
	db := open(t)
	listener := listen(t, pgtest.DSN(t), "Mixed Case", `quo"ted`)
	sender := session(t, db)
	for _, channel := range []string{"Mixed Case", "other", `quo"ted`} {
		require.NoError(t, pgadapt.Notify(t.Context(), sender, channel, "it's "+channel))
	}

	received := receive(t, listener, 2)

	require.Equal(t, "Mixed Case", received[0].Channel)
	require.Equal(t, "it's Mixed Case", received[0].Payload)
	require.EqualValues(t, backendPID(t, sender), received[0].BackendPID)
	require.NoError(t, received[0].Gap)
	require.Equal(t, `quo"ted`, received[1].Channel)
}

func TestNotifyIsPartOfItsTransaction(t *testing.T) {
	db := open(t)
	listener := listen(t, pgtest.DSN(t), "part_of_it")
	send := func(payload string, end func(*sql.Tx) error) {
		tx, err := db.Begin()
		require.NoError(t, err)
		require.NoError(t, pgadapt.Notify(t.Context(), tx, "part_of_it", payload))
		require.NoError(t, end(tx))
	}
	send("rolled back", (*sql.Tx).Rollback)
	send("committed", (*sql.Tx).Commit)

	require.Equal(t, "committed", receive(t, listener, 1)[0].Payload)
}

func TestListenAndUnlistenAtRunTime(t *testing.T) {
	db := open(t)
	listener := listen(t, pgtest.DSN(t))
	payloads := make(chan string)
	go func() {
		defer close(payloads)
		for notification, err := range listener.Notifications(t.Context()) {
			if err != nil {
				return
			}
			payloads <- notification.Payload
		}
	}()
	notify := func(channel, payload string) {
		require.NoError(t, pgadapt.Notify(t.Context(), db, channel, payload))
	}

	require.NoError(t, listener.Listen(t.Context(), "first"))
	require.NoError(t, listener.Listen(t.Context(), "first"))
	require.NoError(t, listener.Listen(t.Context(), "second"))
	notify("first", "1")
	require.Equal(t, "1", <-payloads)
	require.NoError(t, listener.Unlisten(t.Context(), "first"))
	notify("first", "not heard")
	notify("second", "2")
	require.Equal(t, "2", <-payloads)

	require.NoError(t, listener.Close())
	_, open := <-payloads
	require.False(t, open)
}

func TestListenerIterationEnds(t *testing.T) {
	listener := listen(t, pgtest.DSN(t), "ending")
	db := open(t)
	for _, payload := range []string{"1", "2"} {
		require.NoError(t, pgadapt.Notify(t.Context(), db, "ending", payload))
	}
	require.Equal(t, "1", receive(t, listener, 1)[0].Payload)
	require.Equal(t, "2", receive(t, listener, 1)[0].Payload, "the next iteration goes on where the last has ended")

	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	for _, err := range listener.Notifications(ctx) {
		require.ErrorIs(t, err, context.Canceled)
	}
	require.NoError(t, pgadapt.Notify(t.Context(), db, "ending", "3"))
	require.Equal(t, "3", receive(t, listener, 1)[0].Payload, "and so it does after a context has ended")

	require.NoError(t, listener.Close())
	require.NoError(t, listener.Close())
	for _, err := range listener.Notifications(t.Context()) {
		require.ErrorIs(t, err, pgadapt.ErrListenerClosed)
	}
	require.ErrorIs(t, listener.Listen(t.Context(), "late"), pgadapt.ErrListenerClosed)
}

func TestNotificationsThatCannotBe(t *testing.T) {
	db := open(t)
	listener := listen(t, pgtest.DSN(t))
	for name, test := range map[string]struct{ channel, payload, want string }{
		"no name":      {"", "", "empty"},
		"long name":    {strings.Repeat("é", 32), "", "64 bytes"},
		"zero byte":    {"a\x00", "", "NUL"},
		"not UTF-8":    {"\xff", "", "UTF-8"},
		"long payload": {"a", strings.Repeat("p", 8000), "8000 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, pgadapt.Notify(t.Context(), db, test.channel, test.payload), test.want)
			if test.payload == "" {
				require.ErrorContains(t, listener.Listen(t.Context(), test.channel), test.want)
				_, err := pgadapt.Listen(t.Context(), nil, test.channel)
				require.ErrorContains(t, err, test.want)
			}
		})
	}
	require.NoError(t, pgadapt.Notify(t.Context(), db, strings.Repeat("n", 63), strings.Repeat("p", 7999)))
}

func TestListenReportsWhyItCannotConnect(t *testing.T) {
	_, err := pgadapt.Listen(t.Context(), nil, "channel")
	require.ErrorContains(t, err, "ParseConfig")

	config, err := pgadapt.ParseConfig(pgtest.DSN(t))
	require.NoError(t, err)
	config.Database = "there_is_none"
	_, err = pgadapt.Listen(t.Context(), config, "channel")
	require.ErrorIs(t, err, pgerr.InvalidCatalogName)
}

// However often the network is cut: what arrives is in order, and where something is missing stands a mark.
func TestListenerReconnects(t *testing.T) {
	const page, pages, cuts = 1000, 100, 10
	network := newCuttable(t, pgtest.DSN(t))
	listener := listen(t, network.dsn, "numbers")
	db := open(t)
	gaps := make(chan error, cuts)
	go func() {
		for i := range pages {
			_, err := db.Exec("select pg_notify('numbers', i::text) from generate_series($1::int, $2) i", i*page+1, (i+1)*page)
			if err != nil {
				t.Error(err)
			}
			if i%(pages/cuts) == pages/cuts/2 {
				network.cut() // in the middle of what is on its way
				<-gaps
			}
		}
	}()

	received, gapsSeen := []int{0}, 0
	marked := map[int]bool{} // the numbers after which a gap was marked
	for last := 0; last < page*pages; last = received[len(received)-1] {
		notification := receive(t, listener, 1)[0]
		if notification.Gap != nil {
			marked[last] = true
			gapsSeen++
			gaps <- notification.Gap
			continue
		}
		number, err := strconv.Atoi(notification.Payload)
		require.NoError(t, err)
		received = append(received, number)
	}

	require.Equal(t, cuts, gapsSeen)
	for i, number := range received[1:] {
		previous := received[i]
		require.Greater(t, number, previous)
		require.True(t, number == previous+1 || marked[previous], "%d follows %d without a mark", number, previous)
	}
	t.Logf("%d of %d received, %d gaps", len(received)-1, page*pages, gapsSeen)
}

// A network that has become a black hole gives no error: the silence does.
func TestListenerNoticesASilentNetwork(t *testing.T) {
	network := newCuttable(t, pgtest.DSN(t))
	listener := listen(t, network.dsn, "silence")
	listener.SetSilence(200 * time.Millisecond)
	network.swallow()

	gap := receive(t, listener, 1)[0]

	require.Error(t, gap.Gap)
	require.NoError(t, pgadapt.Notify(t.Context(), open(t), "silence", "heard"))
	require.Equal(t, "heard", receive(t, listener, 1)[0].Payload)
}

func TestListenOnALostSession(t *testing.T) {
	network := newCuttable(t, pgtest.DSN(t))
	listener := listen(t, network.dsn, "before")
	network.cut()

	err := listener.Listen(t.Context(), "after")
	if err != nil { // the first to notice is told, and the next one finds a new session
		require.NoError(t, listener.Listen(t.Context(), "after"))
	}

	require.Error(t, receive(t, listener, 1)[0].Gap)
	for _, channel := range []string{"before", "after"} {
		require.NoError(t, pgadapt.Notify(t.Context(), open(t), channel, ""))
		require.Equal(t, channel, receive(t, listener, 1)[0].Channel)
	}
}

func listen(t *testing.T, dsn string, channels ...string) *pgadapt.Listener {
	t.Helper()
	config, err := pgadapt.ParseConfig(dsn)
	require.NoError(t, err)
	listener, err := pgadapt.Listen(t.Context(), config, channels...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })
	return listener
}

func receive(t *testing.T, listener *pgadapt.Listener, count int) (received []*pgadapt.Notification) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	for notification, err := range listener.Notifications(ctx) {
		require.NoError(t, err)
		received = append(received, notification)
		if len(received) == count {
			break
		}
	}
	return received
}

// cuttable is a network between the driver and the server that can fail.
type cuttable struct {
	dsn    string
	target string

	mu    sync.Mutex
	pairs []*cuttableConn
}

// cuttableConn is a connection of the driver and its continuation to the server.
type cuttableConn struct {
	net.Conn
	server  net.Conn
	swallow chan struct{}
}

func newCuttable(t *testing.T, dsn string) *cuttable {
	t.Helper()
	address, err := url.Parse(dsn)
	require.NoError(t, err)
	entrance, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := &cuttable{target: address.Host}
	address.Host = entrance.Addr().String()
	c.dsn = address.String()
	go func() {
		for {
			client, err := entrance.Accept()
			if err != nil {
				return
			}
			c.join(client)
		}
	}()
	t.Cleanup(func() { entrance.Close(); c.cut() })
	return c
}

func (c *cuttable) join(client net.Conn) {
	server, err := net.Dial("tcp", c.target)
	if err != nil {
		client.Close()
		return
	}
	p := &cuttableConn{Conn: client, server: server, swallow: make(chan struct{})}
	c.mu.Lock()
	c.pairs = append(c.pairs, p)
	c.mu.Unlock()
	go p.carry(server, client)
	go p.carry(client, server)
}

func (p *cuttableConn) carry(to, from net.Conn) {
	defer to.Close()
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		select {
		case <-p.swallow:
			_, _ = io.Copy(io.Discard, from)
			return
		default:
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// cut ends all connections.
func (c *cuttable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.pairs {
		p.Close()
		p.server.Close()
	}
	c.pairs = nil
}

// swallow keeps the present connections open, and nothing comes through them any more.
func (c *cuttable) swallow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.pairs {
		close(p.swallow)
	}
}

func ExampleListen() {
	ctx := context.Background()
	config, err := pgadapt.ParseConfig(pgtest.ExampleDSN())
	if err != nil {
		fmt.Println(err)
		return
	}
	listener, err := pgadapt.Listen(ctx, config, "orders")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer listener.Close()

	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()
	if err := pgadapt.Notify(ctx, db, "orders", "1138"); err != nil {
		fmt.Println(err)
		return
	}
	for notification, err := range listener.Notifications(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if notification.Gap != nil {
			fmt.Println("read all orders anew")
			continue
		}
		fmt.Println(notification.Channel, notification.Payload)
		break
	}
	// Output: orders 1138
}
