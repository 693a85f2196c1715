package dsn

import "strings"

// parseURI follows conninfo_uri_parse_options of libpq's fe-connect.c. Its grammar is not RFC 3986's:
// there may be several hosts, only a "/" ends the look for the "@", and there is no fragment.
func parseURI(s string, scheme int) (Params, error) {
	p := uriParser{input: s, pos: scheme}
	for _, part := range []func(*uriParser) error{
		(*uriParser).userinfo, (*uriParser).hosts, (*uriParser).database, (*uriParser).query,
	} {
		if err := part(&p); err != nil {
			return Params{}, err
		}
	}
	return p.settings.params(), nil
}

type uriParser struct {
	input    string
	pos      int
	settings collector
}

// userinfo reads "user:password@". An empty user or password counts as absent.
func (p *uriParser) userinfo() error {
	at := p.indexAny(p.pos, "@/")
	if at == len(p.input) || p.input[at] != '@' {
		return nil
	}
	start := p.pos
	p.pos = at + 1
	colon := p.indexAny(start, ":@")
	if err := p.storePart("user", start, colon); err != nil {
		return err
	}
	if colon == at {
		return nil
	}
	return p.storePart("password", colon+1, at)
}

// hosts reads "host:port,host:port". Both lists are stored with a comma for each in the string, so that
// a port stays beside its host: "h1:1,h2" has the ports "1,".
func (p *uriParser) hosts() error {
	hosts, ports := newPartList(), newPartList()
	for {
		if err := p.host(&hosts); err != nil {
			return err
		}
		if p.peek() == ':' {
			p.pos++
			ports.add(p.until("/?,"))
		}
		if p.peek() != ',' {
			break
		}
		hosts.add(p.pos, p.pos+1)
		ports.add(p.pos, p.pos+1)
		p.pos++
	}
	if err := p.storeList("host", &hosts); err != nil {
		return err
	}
	return p.storeList("port", &ports)
}

func (p *uriParser) host(hosts *partList) error {
	if p.peek() == '[' {
		return p.bracketedHost(hosts)
	}
	hosts.add(p.until(":/?,"))
	return nil
}

func (p *uriParser) bracketedHost(hosts *partList) error {
	bracket := p.pos
	p.pos++
	start, end := p.until("]")
	if p.pos == len(p.input) {
		return &ParseError{Offset: bracket, Reason: reasonUnclosedBracket}
	}
	if start == end {
		return &ParseError{Offset: bracket, Reason: reasonEmptyBrackets}
	}
	p.pos++
	if p.pos < len(p.input) && !strings.ContainsRune(":,/?", rune(p.peek())) {
		return &ParseError{Offset: p.pos, Reason: reasonAfterBracket}
	}
	hosts.add(start, end)
	return nil
}

// database reads "/dbname". An empty one counts as absent, so that $PGDATABASE can apply.
func (p *uriParser) database() error {
	if p.peek() != '/' {
		return nil
	}
	p.pos++
	start, end := p.until("?")
	return p.storePart("dbname", start, end)
}

// query reads "?keyword=value&keyword=value". Here an empty value is present.
func (p *uriParser) query() error {
	for p.pos++; p.pos < len(p.input); p.pos++ {
		start, end := p.until("&")
		if err := p.querySetting(start, end); err != nil {
			return err
		}
	}
	return nil
}

func (p *uriParser) querySetting(start, end int) error {
	equals := strings.IndexByte(p.input[start:end], '=')
	if equals < 0 {
		return &ParseError{Offset: end, Reason: reasonQueryNoEquals}
	}
	equals += start
	if second := strings.IndexByte(p.input[equals+1:end], '='); second >= 0 {
		return &ParseError{Offset: equals + 1 + second, Reason: reasonQueryTwoEquals}
	}
	keyword, err := decodePart(p.input, start, equals)
	if err != nil {
		return err
	}
	value, err := decodePart(p.input, equals+1, end)
	if err != nil {
		return err
	}
	return p.storeQuerySetting(keyword, value, start)
}

func (p *uriParser) storeQuerySetting(keyword, value string, start int) error {
	if reason, _ := keywordMistake(keyword); reason != "" {
		return &ParseError{Offset: start, Reason: reason}
	}
	if keyword == "ssl" {
		if value != "true" {
			return &ParseError{Offset: start, Reason: reasonSSL}
		}
		keyword, value = "sslmode", "require"
	}
	p.settings.store(keyword, value)
	return nil
}

func (p *uriParser) storePart(keyword string, start, end int) error {
	if start == end {
		return nil
	}
	value, err := decodePart(p.input, start, end)
	if err != nil {
		return err
	}
	p.settings.store(keyword, value)
	return nil
}

func (p *uriParser) storeList(keyword string, list *partList) error {
	if list.empty() {
		return nil
	}
	value, err := list.decode(p.input)
	if err != nil {
		return err
	}
	p.settings.store(keyword, value)
	return nil
}

// peek returns the next byte, or 0 at the end; the input has no NUL byte.
func (p *uriParser) peek() byte {
	if p.pos < len(p.input) {
		return p.input[p.pos]
	}
	return 0
}

// until goes to the next of the characters in stop, or to the end, and returns the range it went past.
func (p *uriParser) until(stop string) (start, end int) {
	start = p.pos
	p.pos = p.indexAny(start, stop)
	return start, p.pos
}

func (p *uriParser) indexAny(from int, chars string) int {
	if i := strings.IndexAny(p.input[from:], chars); i >= 0 {
		return from + i
	}
	return len(p.input)
}
