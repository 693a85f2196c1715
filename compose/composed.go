package compose

import "slices"

// Composed is SQL text in parts. It does not change once built, and may be used
// any number of times and by several goroutines. The zero value is the empty text.
type Composed struct {
	parts []part
	err   error
}

// failed gives the text that cannot be rendered because of err.
func failed(err error) Composed { return Composed{err: err} }

// Append gives the text with the others behind it, with nothing between them.
// psycopg2 writes this with +.
func (c Composed) Append(others ...Composed) Composed {
	joined := Composed{parts: slices.Clip(c.parts), err: c.err}
	for _, other := range others {
		joined.parts = append(joined.parts, other.parts...)
		if joined.err == nil {
			joined.err = other.err
		}
	}
	return joined
}

// Repeat gives the text count times, with nothing between. Nothing is repeated if
// count is not positive. psycopg2 writes this with *.
func (c Composed) Repeat(count int) Composed {
	repeated := Composed{err: c.err}
	for range count {
		repeated.parts = append(repeated.parts, c.parts...)
	}
	return repeated
}

// IsEmpty says whether the text has no parts, as a Join of nothing.
func (c Composed) IsEmpty() bool { return len(c.parts) == 0 && c.err == nil }

// Err gives the first error made in building the text, which [Composed.Render]
// would return, or nil. Render finds further errors, in the text as a whole.
func (c Composed) Err() error {
	if c.err == nil {
		return nil
	}
	return outermost(c.err)
}

// unusable is what String gives for a text with an error: no server takes it, and
// nothing of the text is in it.
const unusable = "!compose: this text has an error, which Render returns"

// String gives the text in the style [Numeric], for logs and for statements whose
// arguments are all placeholders. The values of arguments are not in it; those of
// literals are. A text with an error gives one that PostgreSQL refuses.
func (c Composed) String() string {
	if c.err != nil {
		return unusable
	}
	text, err := c.checkedText()
	if err != nil {
		return unusable
	}
	return text
}
