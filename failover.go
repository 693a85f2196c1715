package pgadapt

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
)

// target is one host of the configuration, with the ways to secure a connection to it in the order in which they
// are to be tried; nil among them is a connection without TLS.
type target struct {
	number   int // its place in the configuration, from 0
	host     string
	port     uint16
	security []*tls.Config
}

// targetsOf finds the hosts in pgconn's settings, where each way to secure a connection has an entry of its own.
func targetsOf(settings *pgconn.Config) []target {
	targets := []target{{host: settings.Host, port: settings.Port, security: []*tls.Config{settings.TLSConfig}}}
	for _, entry := range settings.Fallbacks {
		if !targets[len(targets)-1].takes(entry) {
			targets = append(targets, target{number: len(targets), host: entry.Host, port: entry.Port})
		}
		last := &targets[len(targets)-1]
		last.security = append(last.security, entry.TLSConfig)
	}
	return targets
}

// takes reports whether an entry is another way to connect to the same host, and not the host given twice.
func (t target) takes(entry *pgconn.FallbackConfig) bool {
	return t.host == entry.Host && t.port == entry.Port && !slices.ContainsFunc(t.security, func(secured *tls.Config) bool {
		return (secured == nil) == (entry.TLSConfig == nil)
	})
}

// endpoint is one address of a target.
type endpoint struct {
	target
	password string
	// address is one of those that LookupFunc gives: an IP address, perhaps with a port; the host itself for a socket.
	// It is a list as pgconn wants it.
	address   []string
	lookupErr error // why there is no address; pgconn makes its own error of it
}

// hostSearch looks for a server that will do. It goes through the hosts and their addresses as libpq does
// (PostgreSQL documentation, "Specifying Multiple Hosts"), and gives pgconn one of them at a time: so each has its
// time limit and its password, and pgconn's connection knows the host that it is connected to, where a
// CancelRequest has to go.
type hostSearch struct {
	connectPlan
	resolved *resolution // nil for a Config that has none
	failures []error
	// found is the server that did.
	found target
	// secondChoice are the servers that prefer-standby takes when there is no standby.
	secondChoice []endpoint
}

// connect opens a session on the first server that will do.
func (s *hostSearch) connect(ctx context.Context) (*pgconn.PgConn, error) {
	for place := range s.endpoints(ctx) {
		pg, err := s.tryEndpoint(ctx, place, firstChoiceOnly(s.settings.ValidateConnect))
		if err == nil {
			s.found = place.target
			return pg, nil
		}
		s.failures = append(s.failures, err)
		if ctx.Err() != nil || stopsSearch(err) {
			return nil, s.failure()
		}
		if _, wrongKind := errors.AsType[*secondChoiceError](err); wrongKind {
			s.secondChoice = append(s.secondChoice, place)
		}
	}
	for _, place := range s.secondChoice {
		pg, err := s.tryEndpoint(ctx, place, secondChoiceToo(s.settings.ValidateConnect))
		if err == nil {
			s.found = place.target
			return pg, nil
		}
		s.failures = append(s.failures, err)
	}
	return nil, s.failure()
}

// endpoints looks up each host when its turn has come. With load_balance_hosts=random both the hosts and the
// addresses of each are in random order.
func (s *hostSearch) endpoints(ctx context.Context) iter.Seq[endpoint] {
	random := s.resolved != nil && s.resolved.loadBalance
	return func(yield func(endpoint) bool) {
		for _, target := range inTurn(s.targets, random) {
			place := endpoint{target: target, password: s.resolved.passwordFor(target, s.settings)}
			addresses, err := s.lookUp(ctx, target)
			if err != nil {
				place.lookupErr = err
				addresses = []string{""}
			}
			addresses = inTurn(addresses, random)
			for i := range addresses {
				place.address = addresses[i : i+1]
				if !yield(place) {
					return
				}
			}
		}
	}
}

// inTurn gives the elements of a list in the order in which they are to be tried.
func inTurn[T any](list []T, random bool) []T {
	if !random {
		return list
	}
	shuffled := slices.Clone(list)
	rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	return shuffled
}

func (s *hostSearch) lookUp(ctx context.Context, target target) ([]string, error) {
	if isSocket(target.host) {
		return []string{target.host}, nil
	}
	if host, ok := s.resolved.host(target); ok && host.address != "" {
		return []string{host.address}, nil
	}
	addresses, err := s.settings.LookupFunc(ctx, target.host)
	if err == nil && len(addresses) == 0 {
		err = fmt.Errorf("host %s has no address", target.host)
	}
	return addresses, err
}

// tryEndpoint tries one address in each way to secure the connection, all within one connect_timeout.
func (s *hostSearch) tryEndpoint(ctx context.Context, place endpoint, validate pgconn.ValidateConnectFunc) (*pgconn.PgConn, error) {
	if timeout := s.settings.ConnectTimeout; timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, timeout)
		defer stop()
	}
	security := place.security
	if strings.HasPrefix(place.host, "@") {
		security = []*tls.Config{nil} // no TLS on sockets, as in libpq
	}
	var failures []error
	for _, secured := range security {
		attempt := newAttempt(s.settings, place, secured, validate)
		pg, err := pgconn.ConnectConfig(ctx, &attempt.settings)
		if err == nil {
			return pg, nil
		}
		failures = append(failures, err)
		if ctx.Err() != nil || !attempt.reached.Load() || stopsSearch(err) || wasRejected(err) {
			break
		}
	}
	return nil, errors.Join(failures...)
}

// attempt is one call of pgconn, for one address and one way to secure the connection.
type attempt struct {
	settings pgconn.Config
	place    endpoint
	network  pgconn.DialFunc
	reached  atomic.Bool // whether the network connection came about
}

func newAttempt(settings *pgconn.Config, place endpoint, secured *tls.Config, validate pgconn.ValidateConnectFunc) *attempt {
	a := &attempt{settings: *settings, place: place, network: settings.DialFunc}
	own := &a.settings
	own.Host, own.Port, own.TLSConfig, own.Fallbacks = place.host, place.port, secured, nil
	own.Password = place.password
	own.ConnectTimeout, own.AfterConnect = 0, nil
	own.ValidateConnect = validate
	own.LookupFunc, own.DialFunc = a.lookUp, a.dial
	return a
}

func (a *attempt) lookUp(context.Context, string) ([]string, error) {
	return a.place.address, a.place.lookupErr
}

func (a *attempt) dial(ctx context.Context, network, address string) (net.Conn, error) {
	connection, err := a.network(ctx, network, address)
	if err == nil {
		a.reached.Store(true)
	}
	return connection, err
}

// stopsSearch reports whether a server has refused the login for a reason that the next host would have too. It
// is pgconn's rule; libpq goes on for a server that is starting up only.
func stopsSearch(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || wasRejected(err) {
		return false
	}
	switch pgErr.Code {
	case sqlStateInvalidPassword, sqlStateInvalidCatalogName, sqlStateInsufficientPrivilege:
		return true
	}
	return false
}

// SQLSTATE codes of a login that no other host would accept either.
const (
	sqlStateInvalidPassword       = "28P01"
	sqlStateInvalidCatalogName    = "3D000"
	sqlStateInsufficientPrivilege = "42501"
)

// rejectedError is what ValidateConnect says of a server that is not of the wanted kind, whatever secures the
// connection to it.
type rejectedError struct{ cause error }

func (e *rejectedError) Error() string { return e.cause.Error() }
func (e *rejectedError) Unwrap() error { return e.cause }

func wasRejected(err error) bool {
	_, rejected := errors.AsType[*rejectedError](err)
	_, second := errors.AsType[*secondChoiceError](err)
	return rejected || second
}

// secondChoiceError takes the place of pgconn's NotPreferredError, with which pgconn would connect again at once.
type secondChoiceError struct{ text string }

func (e *secondChoiceError) Error() string { return e.text }

func firstChoiceOnly(validate pgconn.ValidateConnectFunc) pgconn.ValidateConnectFunc {
	if validate == nil {
		return nil
	}
	return func(ctx context.Context, pg *pgconn.PgConn) error {
		err := validate(ctx, pg)
		if err == nil {
			return nil
		}
		if _, ok := errors.AsType[*pgconn.NotPreferredError](err); ok {
			return &secondChoiceError{text: err.Error()}
		}
		return &rejectedError{cause: err}
	}
}

func secondChoiceToo(validate pgconn.ValidateConnectFunc) pgconn.ValidateConnectFunc {
	return func(ctx context.Context, pg *pgconn.PgConn) error {
		err := validate(ctx, pg)
		if _, ok := errors.AsType[*pgconn.NotPreferredError](err); ok {
			return nil
		}
		return err
	}
}

func (s *hostSearch) failure() error {
	return &connectError{user: s.settings.User, database: s.settings.Database, failures: s.failures}
}

// connectError says why none of the servers did. It matches pgconn's *ConnectError, and what the servers said.
type connectError struct {
	user, database string
	failures       []error
}

func (e *connectError) Error() string {
	var reasons []string
	for _, failure := range flatten(e.failures) {
		if reason := withoutHeading(failure); !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	heading := fmt.Sprintf("pgadapt: cannot connect as user %q to database %q:", e.user, e.database)
	if len(reasons) == 1 {
		return heading + " " + reasons[0]
	}
	return heading + "\n\t" + strings.Join(reasons, "\n\t")
}

func (e *connectError) Unwrap() []error { return e.failures }

// Is compares what the servers said with a sentinel of the package pgerr.
func (e *connectError) Is(target error) bool {
	for _, failure := range flatten(e.failures) {
		if server, ok := errors.AsType[*pgconn.PgError](failure); ok && matchesSQLState(server.Code, target) {
			return true
		}
	}
	return false
}

// flatten takes joined errors apart.
func flatten(failures []error) []error {
	var flat []error
	for _, failure := range failures {
		if joined, ok := failure.(interface{ Unwrap() []error }); ok {
			flat = append(flat, flatten(joined.Unwrap())...)
			continue
		}
		flat = append(flat, failure)
	}
	return flat
}

// reasonReplacer leaves out what fmt makes of a cause that pgconn does not have, and says what may be meant where a server
// wants a token and pgconn, which has none to give, looks for SCRAM only.
var reasonReplacer = strings.NewReplacer(": %!w(<nil>)", "",
	"server does not support SCRAM-SHA-256", "server does not support SCRAM-SHA-256; if it wants an OAuth token, set Config.OAuthTokenProvider")

// withoutHeading leaves out pgconn's own heading, which is the same for each address.
func withoutHeading(failure error) string {
	connectErr, ok := failure.(*pgconn.ConnectError)
	if ok && connectErr.Unwrap() != nil {
		failure = connectErr.Unwrap()
	}
	return reasonReplacer.Replace(failure.Error())
}
