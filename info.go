package pgadapt

import (
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// SessionInfo tells about one session, as it was when [Info] was called.
type SessionInfo struct {
	// BackendPID is the process ID that the server gave at the start of the session, as pg_backend_pid() does; behind
	// a pooler it is a number of the pooler's.
	BackendPID uint32
	// ServerVersion is the server's version as one number, as server_version_num gives it: 150018 for 15.18. It is
	// zero where the server's version cannot be read.
	ServerVersion int
	// Host and Port say which of the configured hosts the session is on. Host is a name, an address, or the directory of
	// a socket, as the connection string has it; RemoteAddr is what it stands for.
	Host string
	// Port is the port of Host.
	Port uint16
	// User and Database are those of the login.
	User, Database string
	// TxStatus says whether the session is in a transaction.
	TxStatus TxStatus
	// CommandTag says what the last command that has completed did, such as "UPDATE 3" (PostgreSQL documentation,
	// "CommandComplete"); psycopg2 calls it statusmessage. That of a query is known when its last row has been read.
	CommandTag string
	// ParameterStatus has the settings whose values the server reports by itself (PostgreSQL documentation,
	// "Asynchronous Operations" of the protocol), such as TimeZone and server_version.
	ParameterStatus map[string]string
	// LocalAddr and RemoteAddr are the two ends of the network connection.
	LocalAddr, RemoteAddr net.Addr
	// TLS describes how the connection is secured, nil where it is not.
	TLS *tls.ConnectionState
	// Notices are the last 50 notices that the server has sent since the pool handed out the connection, oldest first.
	Notices []*pgconn.Notice
}

// TxStatus is the state of a session's transaction, as ReadyForQuery has it (PostgreSQL documentation, "Message
// Formats").
type TxStatus byte

// The states of a transaction.
const (
	// TxIdle is outside of a transaction.
	TxIdle TxStatus = txIdle
	// TxActive is inside of a transaction.
	TxActive TxStatus = txActive
	// TxFailed is inside of a transaction that has failed: the server refuses all but ROLLBACK.
	TxFailed TxStatus = txFailed
)

// String gives "idle", "in transaction" or "in failed transaction".
func (s TxStatus) String() string {
	switch s {
	case TxIdle:
		return "idle"
	case TxActive:
		return "in transaction"
	case TxFailed:
		return "in failed transaction"
	}
	return fmt.Sprintf("TxStatus(%q)", byte(s))
}

// Info tells about the session behind conn. It asks the server nothing and may be called while rows are open. The
// error is [database/sql.ErrConnDone] for a closed conn; another one says that conn is not of this driver.
func Info(conn *sql.Conn) (*SessionInfo, error) {
	var info *SessionInfo
	err := conn.Raw(func(driverConn any) error {
		c, ok := unwrapped(driverConn).(Conn)
		if !ok {
			return fmt.Errorf("pgadapt: Info needs a connection of pgadapt, and %T is none", driverConn)
		}
		info = c.Info()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return info, nil
}

// unwrapped gives the connection behind those of drivers that measure another one, such as otelsql's.
func unwrapped(driverConn any) any {
	for {
		wrapper, ok := driverConn.(interface{ Raw() driver.Conn })
		if !ok {
			return driverConn
		}
		driverConn = wrapper.Raw()
	}
}

// Info is [Info] for the connection itself.
func (c *conn) Info() *SessionInfo {
	network := c.pg.Conn()
	return &SessionInfo{
		BackendPID:      c.pg.PID(),
		ServerVersion:   versionNumber(c.pg.ParameterStatus("server_version")),
		Host:            c.login.host,
		Port:            c.login.port,
		User:            c.login.user,
		Database:        c.login.database,
		TxStatus:        TxStatus(c.pg.TxStatus()),
		CommandTag:      c.tag.String(),
		ParameterStatus: reportedParameters(c.pg),
		LocalAddr:       network.LocalAddr(),
		RemoteAddr:      network.RemoteAddr(),
		TLS:             tlsState(network),
		Notices:         slices.Clone(c.notices.kept),
	}
}

func tlsState(network net.Conn) *tls.ConnectionState {
	secured, ok := network.(*tls.Conn)
	if !ok {
		return nil
	}
	state := secured.ConnectionState()
	return &state
}

// reported names the settings that PostgreSQL 14 to 18 report; pgconn gives them one by one.
var reported = []string{
	"application_name", "client_encoding", "DateStyle", "default_transaction_read_only", "in_hot_standby",
	"integer_datetimes", "IntervalStyle", "is_superuser", "scram_iterations", "search_path", "server_encoding",
	"server_version", "session_authorization", "standard_conforming_strings", "TimeZone",
}

func reportedParameters(pg *pgconn.PgConn) map[string]string {
	parameters := make(map[string]string, len(reported))
	for _, name := range reported {
		if value := pg.ParameterStatus(name); value != "" {
			parameters[name] = value
		}
	}
	return parameters
}

// versionNumber reads server_version, such as "15.18 (Debian 15.18-0+deb12u1)" or "18beta1", by the rule of libpq's
// PQserverVersion.
func versionNumber(version string) int {
	end := strings.IndexFunc(version, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end >= 0 {
		version = version[:end]
	}
	parts := strings.Split(version, ".")
	numbers := make([]int, 3)
	for i := range min(len(parts), len(numbers)) {
		number, err := strconv.Atoi(parts[i])
		if err != nil && i == 0 || errors.Is(err, strconv.ErrRange) {
			return 0
		}
		numbers[i] = number
	}
	if numbers[0] >= 10 {
		return numbers[0]*10000 + numbers[1]
	}
	return numbers[0]*10000 + numbers[1]*100 + numbers[2]
}
