package pgadapt

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgpassfile"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/dsn"
)

// resolvedHost is a host of the configuration with what belongs to it alone.
type resolvedHost struct {
	host     string
	port     uint16
	address  string // its hostaddr, empty when the name is to be looked up
	password string // the one of the passfile, empty when there is none
}

// fillHosts completes the hosts for pgconn: where only hostaddr is given, it stands for the host too.
func (s *effectiveSettings) fillHosts(chosen *dsn.Params) error {
	list, given := s.nonEmpty("hostaddr")
	if !given {
		return nil
	}
	addresses := strings.Split(list, ",")
	hosts := make([]string, len(addresses))
	if names, named := s.nonEmpty("host"); named {
		hosts = strings.Split(names, ",")
	}
	if len(hosts) != len(addresses) {
		return fmt.Errorf("pgadapt: %d hosts, but %d addresses in %s: give each host one, which may be empty",
			len(hosts), len(addresses), s.describe("hostaddr"))
	}
	for i, address := range addresses {
		if _, err := netip.ParseAddr(address); address != "" && err != nil {
			return fmt.Errorf("pgadapt: %s: %q is not an IP address", s.describe("hostaddr"), address)
		}
		if hosts[i] == "" {
			hosts[i] = address
		}
	}
	return chosen.Set("host", strings.Join(hosts, ","))
}

// applyHosts finds out the address and the password of each host.
func (c *Config) applyHosts(settings effectiveSettings) error {
	var addresses []string
	if list, given := settings.nonEmpty("hostaddr"); given {
		addresses = strings.Split(list, ",")
	}
	for i, target := range targetsOf(c.Config) {
		host := resolvedHost{host: target.host, port: target.port}
		if i < len(addresses) {
			host.address = addresses[i]
		}
		c.resolved.hosts = append(c.resolved.hosts, host)
	}
	if _, given := settings.nonEmpty("password"); !given {
		c.applyPassfile(settings)
	}
	return nil
}

// applyPassfile looks up the password of each host. A passfile that cannot be read gives none, as in libpq.
func (c *Config) applyPassfile(settings effectiveSettings) {
	c.Password = ""
	path, given := settings.nonEmpty("passfile")
	if !given {
		path, _ = homeFile(".pgpass", "pgpass.conf")
	}
	passfile, err := pgpassfile.ReadPassfile(path)
	if err != nil {
		return
	}
	for i := range c.resolved.hosts {
		c.resolved.hosts[i].password = c.findPassword(passfile, c.resolved.hosts[i])
	}
	c.Password = c.resolved.hosts[0].password
}

// findPassword follows passwordFromFile of libpq's fe-connect.c: without a database it is the one named like the
// user. A socket directory is looked for under its name and under localhost, since which one is libpq's default
// is not known here.
func (c *Config) findPassword(passfile *pgpassfile.Passfile, host resolvedHost) string {
	database, port := c.Database, strconv.Itoa(int(host.port))
	if database == "" {
		database = c.User
	}
	password := passfile.FindPassword(host.host, port, database, c.User)
	if password == "" && isSocket(host.host) {
		return passfile.FindPassword("localhost", port, database, c.User)
	}
	return password
}

// isSocket reports whether a host is the directory of a Unix-domain socket, or with an @ an abstract socket.
func isSocket(host string) bool {
	return strings.HasPrefix(host, "@") || strings.HasPrefix(host, "/") || filepath.IsAbs(host)
}

// passwordFor gives the password for a host of settings: the one of the passfile, unless the program has set
// another.
func (r *resolution) passwordFor(target target, settings *pgconn.Config) string {
	host, ok := r.host(target)
	if !ok || settings.Password != r.hosts[0].password {
		return settings.Password
	}
	return host.password
}

// host gives what belongs to the target, if it is still the one that the DSN gave.
func (r *resolution) host(target target) (resolvedHost, bool) {
	if r == nil || target.number >= len(r.hosts) {
		return resolvedHost{}, false
	}
	host := r.hosts[target.number]
	return host, host.host == target.host && host.port == target.port
}
