package wire

// Infinity tells whether a date or timestamp is one of PostgreSQL's special values infinity and -infinity, which
// time.Time has no value for. The zero value is Finite.
type Infinity int8

const (
	// NegativeInfinity is earlier than every other date or timestamp.
	NegativeInfinity Infinity = -1
	// Finite marks an ordinary date or timestamp.
	Finite Infinity = 0
	// PositiveInfinity is later than every other date or timestamp.
	PositiveInfinity Infinity = 1
)

// String gives PostgreSQL's text for the value, "-infinity" or "infinity", and "" for Finite.
func (i Infinity) String() string {
	switch {
	case i < Finite:
		return "-infinity"
	case i > Finite:
		return "infinity"
	}
	return ""
}

// parseInfinity reads the two texts that String gives; everything else is Finite.
func parseInfinity(src []byte) Infinity {
	switch string(src) {
	case "-infinity":
		return NegativeInfinity
	case "infinity":
		return PositiveInfinity
	}
	return Finite
}
