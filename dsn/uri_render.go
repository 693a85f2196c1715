package dsn

import (
	"net/netip"
	"strings"
)

// URL returns the settings as a URI, WITH passwords and other secrets. For every Params, [Parse] of the
// result gives the same keywords with the same values, though perhaps in another order: compare with
// [Params.Equal]. To show a connection string to a person use [Params.Redacted].
//
// What the parts before the query cannot say goes into the query: an empty user, password, host or
// dbname, a Unix-domain socket, and several hosts unless port gives each of them its own.
func (p Params) URL() string {
	rest := p.Clone()
	userinfo, hosts, database := rest.takeUserinfo(), rest.takeHosts(), rest.takeDatabase()
	if database == "" && rest.Len() > 0 {
		database = "/"
	}
	return uriSchemes[0] + userinfo + hosts + database + rest.query()
}

func (p *Params) takeUserinfo() string {
	userinfo := encodePart(p.takeNonEmpty("user"))
	if password := p.takeNonEmpty("password"); password != "" {
		userinfo += ":" + encodePart(password)
	}
	if userinfo == "" {
		return ""
	}
	return userinfo + "@"
}

func (p *Params) takeHosts() string {
	hostList, _ := p.Get("host")
	portList, hasPort := p.Get("port")
	hosts, ports := strings.Split(hostList, ","), strings.Split(portList, ",")
	if hostList == "" || hasPort && portList == "" || len(hosts) != len(ports) {
		return ""
	}
	for i, host := range hosts {
		authority, ok := formatHost(host, ports[i])
		if !ok {
			return ""
		}
		hosts[i] = authority
	}
	p.Delete("host")
	p.Delete("port")
	return strings.Join(hosts, ",")
}

func (p *Params) takeDatabase() string {
	if database := p.takeNonEmpty("dbname"); database != "" {
		return "/" + encodePart(database)
	}
	return ""
}

// takeNonEmpty returns the value of keyword and removes it, unless it is empty.
func (p *Params) takeNonEmpty(keyword string) string {
	value, _ := p.Get(keyword)
	if value != "" {
		p.Delete(keyword)
	}
	return value
}

func (p Params) query() string {
	var b strings.Builder
	separator := byte('?')
	for keyword, value := range p.All() {
		b.WriteByte(separator)
		b.WriteString(encodePart(keyword))
		b.WriteByte('=')
		b.WriteString(encode(value, isQueryByte))
		separator = '&'
	}
	return b.String()
}

// formatHost writes a host and its port for the part of the URI before the path; ok is false for what
// other readers of URIs would not take there, such as a directory or a port that is no number.
func formatHost(host, port string) (authority string, ok bool) {
	if strings.Trim(port, "0123456789") != "" {
		return "", false
	}
	if address, err := netip.ParseAddr(host); err == nil && address.Is6() {
		host = "[" + encode(host, func(b byte) bool { return b == ':' || isUnreserved(b) }) + "]"
	} else if encodePart(host) != host {
		return "", false
	}
	if port == "" {
		return host, true
	}
	return host + ":" + port, true
}

func encodePart(s string) string { return encode(s, isUnreserved) }

// encode writes each byte of s that is not plain as %xx.
func encode(s string, plain func(byte) bool) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if plain(s[i]) {
			b.WriteByte(s[i])
			continue
		}
		b.Write([]byte{'%', hexDigits[s[i]>>4], hexDigits[s[i]&15]})
	}
	return b.String()
}

// isUnreserved reports whether b stands for itself everywhere in a URI (RFC 3986, section 2.3).
func isUnreserved(b byte) bool {
	return 'a' <= b|0x20 && b|0x20 <= 'z' || '0' <= b && b <= '9' || strings.IndexByte("-._~", b) >= 0
}

// isQueryByte reports whether b stands for itself in the value of a query. "@" does not: libpq looks
// for the end of the userinfo as far as the first "/".
func isQueryByte(b byte) bool { return isUnreserved(b) || strings.IndexByte("/:,", b) >= 0 }
