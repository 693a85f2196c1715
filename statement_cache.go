package pgadapt

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// statementCache holds the statements of one session by their text: the recently used ones, and those that a
// driver.Stmt needs.
type statementCache struct {
	// capacity is the number of recently used statements to keep; 0 when the configuration wants no cache.
	capacity int
	// recent is nil before the first.
	recent *simplelru.LRU[string, *statement]
	// holders counts the driver.Stmts of each text; nil before the first.
	holders map[string]int
	// pinned has the statements that are no longer recent but have holders; nil before the first.
	pinned map[string]*statement
	// obsolete names the prepared statements that nobody needs any more and the server still has.
	obsolete []string
}

// nameFor derives a prepared statement's name from its text, so that behind a transaction pooler one name
// means the same statement on every connection. It is empty where nothing is to be kept on the server.
func (s *statementCache) nameFor(mode ExecMode, query string) string {
	if mode != ExecModeCacheStatement || s.capacity == 0 && s.holders[query] == 0 {
		return ""
	}
	return preparedName(query)
}

// variantNameFor is nameFor for the variant of a statement with declared parameter types.
func (s *statementCache) variantNameFor(mode ExecMode, query string, declared []uint32) string {
	if s.nameFor(mode, query) == "" {
		return ""
	}
	key := append([]byte(query), 0)
	for _, oid := range declared {
		key = binary.BigEndian.AppendUint32(key, oid)
	}
	return preparedName(string(key))
}

func preparedName(key string) string {
	digest := sha256.Sum256([]byte(key))
	return "pgadapt_" + hex.EncodeToString(digest[:16])
}

func (s *statementCache) contains(query string) bool {
	return s.recent != nil && s.recent.Contains(query) || s.pinned[query] != nil
}

func (s *statementCache) get(query string) (*statement, bool) {
	if s.recent != nil {
		if found, ok := s.recent.Get(query); ok {
			return found, true
		}
	}
	found, ok := s.pinned[query]
	return found, ok
}

// add keeps a statement: among the recently used ones, or for its holders.
func (s *statementCache) add(added *statement) {
	if s.capacity > 0 {
		s.keepRecent(added)
		return
	}
	if s.holders[added.query] > 0 {
		s.pin(added)
	}
}

func (s *statementCache) keepRecent(added *statement) {
	if s.recent == nil {
		// The only error is that of a capacity below one.
		s.recent, _ = simplelru.NewLRU(s.capacity, s.evicted)
	}
	s.recent.Add(added.query, added)
}

// evicted is told by the LRU of each statement that it lets go.
func (s *statementCache) evicted(query string, old *statement) {
	if s.holders[query] > 0 {
		s.pin(old)
		return
	}
	s.forget(old)
}

func (s *statementCache) pin(held *statement) {
	if s.pinned == nil {
		s.pinned = map[string]*statement{}
	}
	s.pinned[held.query] = held
}

// forgetAll drops all statements. Their holders get new ones at their next use, and the server is not told.
func (s *statementCache) forgetAll() {
	if s.recent != nil {
		s.recent.Purge()
	}
	clear(s.pinned)
	s.obsolete = nil
}

// hold keeps the statement of query from being forgotten until as many calls of release.
func (s *statementCache) hold(query string) {
	if s.holders == nil {
		s.holders = map[string]int{}
	}
	s.holders[query]++
}

func (s *statementCache) release(query string) {
	s.holders[query]--
	if s.holders[query] > 0 {
		return
	}
	delete(s.holders, query)
	if pinned, ok := s.pinned[query]; ok {
		delete(s.pinned, query)
		s.forget(pinned)
	}
}

// discard drops a statement that no longer fits. Its holders get a new one at their next use.
func (s *statementCache) discard(stale *statement) {
	if base := stale.base; base != nil {
		if i := slices.Index(base.variants, stale); i >= 0 {
			base.variants = slices.Delete(base.variants, i, i+1)
			s.forget(stale)
		}
		return
	}
	if s.recent != nil {
		s.recent.Remove(stale.query)
	}
	if pinned, ok := s.pinned[stale.query]; ok {
		delete(s.pinned, stale.query)
		s.forget(pinned)
	}
}

func (s *statementCache) forget(old *statement) {
	for _, variant := range old.variants {
		s.forget(variant)
	}
	if old.name != "" {
		s.obsolete = append(s.obsolete, old.name)
	}
}
