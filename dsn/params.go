package dsn

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Params holds the settings of a connection string: keywords and their values, in the order in which
// the string gave them, each keyword once. The zero value holds none and is ready to use.
//
// A Params is a value: what is done to a copy does not change the original. It may be read from
// several goroutines. Compare two with [Params.Equal], or in tests, where the order counts too, with
// reflect.DeepEqual or testify's require.Equal.
//
// fmt and log/slog print a Params as [Params.Redacted]; only [Params.String] and [Params.URL] show secrets.
type Params struct {
	_ [0]func() // the operator == would compare pointers

	settings *hiddenSettings // nil when there are none
}

// hiddenSettings keeps fmt from printing a password when it meets a Params in an unexported field, where
// it does not call Format: it prints a pointer as an address, and follows at most the first of two. The
// list is never changed once it is here.
type hiddenSettings struct{ list *[]setting }

type setting struct{ keyword, value string }

var (
	errEmptyKeyword = errors.New("dsn: a setting needs a keyword")
	errKeyword      = errors.New("dsn: " + reasonKeywordByte)
	errSSL          = errors.New("dsn: " + reasonSSL)
)

// Get returns the value of keyword. The result ok tells a setting that is present, perhaps with an
// empty value, from one that is absent.
func (p Params) Get(keyword string) (value string, ok bool) {
	for _, s := range p.list() {
		if s.keyword == keyword {
			return s.value, true
		}
	}
	return "", false
}

// Has reports whether keyword is present, perhaps with an empty value.
func (p Params) Has(keyword string) bool {
	_, ok := p.Get(keyword)
	return ok
}

// Len returns the number of settings.
func (p Params) Len() int { return len(p.list()) }

// All returns the keywords and values in order.
func (p Params) All() iter.Seq2[string, string] {
	return func(yield func(keyword, value string) bool) {
		for _, s := range p.list() {
			if !yield(s.keyword, s.value) {
				return
			}
		}
	}
}

// Set gives keyword a value. A keyword that is present keeps its place, a new one goes to the end.
//
// Set refuses what no connection string can say: a keyword that could not be the name of a setting, a
// NUL byte in a value, and the keyword ssl, which is known only as ssl=true in a URI. As in libpq,
// requiressl=1 is stored as sslmode=require and any other requiressl as sslmode=prefer.
func (p *Params) Set(keyword, value string) error {
	if err := checkSetting(keyword, value); err != nil {
		return err
	}
	c := collector{list: slices.Clone(p.list())}
	c.store(keyword, value)
	*p = c.params()
	return nil
}

// Delete removes keyword. It does nothing when keyword is absent.
func (p *Params) Delete(keyword string) {
	kept := slices.DeleteFunc(slices.Clone(p.list()), func(s setting) bool { return s.keyword == keyword })
	*p = newParams(kept)
}

// Clone returns a copy that is independent of p.
func (p Params) Clone() Params { return newParams(slices.Clone(p.list())) }

// Equal reports whether p and q hold the same keywords with the same values. The order, which has no
// meaning to libpq, does not count.
func (p Params) Equal(q Params) bool {
	if p.Len() != q.Len() {
		return false
	}
	return slices.Equal(p.sorted(), q.sorted())
}

// Unknown returns the keywords that are not in the table of [Keywords], in order: run-time parameters
// of the server and spelling mistakes. libpq would refuse each of them.
func (p Params) Unknown() []string {
	var unknown []string
	for keyword := range p.All() {
		if _, ok := Lookup(keyword); !ok {
			unknown = append(unknown, keyword)
		}
	}
	return unknown
}

func (p Params) list() []setting {
	if p.settings == nil {
		return nil
	}
	return *p.settings.list
}

func (p Params) sorted() []setting {
	return slices.SortedFunc(slices.Values(p.list()), func(a, b setting) int {
		return strings.Compare(a.keyword, b.keyword)
	})
}

func newParams(list []setting) Params {
	if len(list) == 0 {
		return Params{}
	}
	return Params{settings: &hiddenSettings{&list}}
}

func checkSetting(keyword, value string) error {
	if keyword == "" {
		return errEmptyKeyword
	}
	if invalidKeywordByte(keyword) >= 0 {
		return errKeyword
	}
	if keyword == "ssl" {
		return errSSL
	}
	if strings.IndexByte(value, 0) >= 0 {
		return fmt.Errorf("dsn: the value of %s holds a NUL byte", keyword)
	}
	return nil
}

// collector gathers settings that have been checked; a keyword that comes again replaces its value.
type collector struct {
	list  []setting
	index map[string]int // keyword to place in list, once searching list would be slow
}

// indexAbove is the number of settings from which on a map is faster than a search; also what keeps a
// string of many thousand keywords from taking quadratic time.
const indexAbove = 32

// usualSettings is the number of settings that find room without a second allocation.
const usualSettings = 8

// store adds a setting. The rewriting of requiressl is libpq's (conninfo_storeval).
func (c *collector) store(keyword, value string) {
	if keyword == "requiressl" {
		keyword, value = "sslmode", sslmodeFromRequireSSL(value)
	}
	if i := c.find(keyword); i >= 0 {
		c.list[i].value = value
		return
	}
	if c.list == nil {
		c.list = make([]setting, 0, usualSettings)
	}
	c.list = append(c.list, setting{keyword, value})
	if c.index != nil {
		c.index[keyword] = len(c.list) - 1
	}
}

func (c *collector) find(keyword string) int {
	if len(c.list) <= indexAbove {
		return slices.IndexFunc(c.list, func(s setting) bool { return s.keyword == keyword })
	}
	if c.index == nil {
		c.index = make(map[string]int, 2*len(c.list))
		for i, s := range c.list {
			c.index[s.keyword] = i
		}
	}
	if i, ok := c.index[keyword]; ok {
		return i
	}
	return -1
}

func (c *collector) params() Params { return newParams(c.list) }

func sslmodeFromRequireSSL(value string) string {
	if strings.HasPrefix(value, "1") {
		return "require"
	}
	return "prefer"
}

// invalidKeywordByte returns the index of the first byte that the name of a setting cannot have at that
// place, or -1. Names are made as PostgreSQL makes those of its run-time parameters, qualified ones
// included: words of letters, digits, "_" and "$" joined by dots, none starting with a digit or "$".
func invalidKeywordByte(keyword string) int {
	startsWord := true
	for i := range len(keyword) {
		b := keyword[i]
		switch {
		case 'a' <= b|0x20 && b|0x20 <= 'z', b == '_', b >= 0x80:
			startsWord = false
		case startsWord:
			return i
		case b == '.':
			startsWord = true
		case b == '$', '0' <= b && b <= '9':
		default:
			return i
		}
	}
	if startsWord {
		return len(keyword) - 1
	}
	return -1
}
