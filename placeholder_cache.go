package pgadapt

import (
	"slices"
	"strings"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// maxRewrittenTexts bounds the rewritten texts that a connection keeps.
const maxRewrittenTexts = 512

// rewrittenTexts has the texts of a session whose placeholders were rewritten, the recently used ones.
type rewrittenTexts struct {
	// recent is nil until the first text.
	recent *simplelru.LRU[rewrittenKey, rewrittenText]
}

// rewrittenKey is all that decides how a text is rewritten, but for the style, which is the connection's.
type rewrittenKey struct {
	query              string
	positional         int
	names              string
	standardConforming bool
}

type rewrittenText struct {
	sqllex.Rewritten
	names []string
}

// get gives the rewritten text. The error is a *sqllex.PlaceholderError.
func (r *rewrittenTexts) get(query string, style sqllex.Style, arguments sqllex.Arguments, standardConforming bool,
) (sqllex.Rewritten, error) {
	if r.recent == nil {
		// The only error is that of a size below one.
		r.recent, _ = simplelru.NewLRU[rewrittenKey, rewrittenText](maxRewrittenTexts, nil)
	}
	key := rewrittenKey{query, arguments.Positional, strings.Join(arguments.Names, " "), standardConforming}
	// A name of NamedArgs may have blanks itself.
	if known, ok := r.recent.Get(key); ok && slices.Equal(known.names, arguments.Names) {
		return known.Rewritten, nil
	}
	text, err := sqllex.Rewrite(query, style, arguments, standardConforming)
	if err != nil {
		return sqllex.Rewritten{}, err
	}
	r.recent.Add(key, rewrittenText{text, arguments.Names})
	return text, nil
}
