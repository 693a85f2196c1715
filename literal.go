package pgadapt

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"time"

	"github.com/pgadapt/pgadapt/internal/sqllex"
	"github.com/pgadapt/pgadapt/internal/wire"
)

// literals writes arguments into a text, for the simple query protocol and for Mogrify.
type literals struct {
	encoder *encoder
	// standardConforming is the setting of standard_conforming_strings by which the text is read.
	standardConforming bool
	// portable makes literals that mean the same under either setting.
	portable bool
}

// literals gives what writes them for the session's settings.
func (c *conn) literals() literals {
	return literals{encoder: c.encoder(), standardConforming: c.standardConformingStrings()}
}

// plainBackslashes reports whether a backslash may stand in '…' as it is.
func (l literals) plainBackslashes() bool { return l.standardConforming && !l.portable }

// render writes args into query in place of $1, $2, ….
func (l literals) render(query string, args []driver.NamedValue) (string, error) {
	rendered := make([]byte, 0, len(query)+16*len(args))
	copied := 0
	used := make([]bool, len(args))
	for placeholder, number := range sqllex.Parameters(query, l.standardConforming) {
		if number < 1 || number > len(args) {
			return "", fmt.Errorf("pgadapt: the statement has a parameter $%d, but %d arguments were given", number, len(args))
		}
		used[number-1] = true
		rendered = append(rendered, query[copied:placeholder.Start]...)
		var err error
		rendered, err = l.renderOne(rendered, args[number-1], query[placeholder.End:])
		if err != nil {
			return "", err
		}
		copied = placeholder.End
	}
	for i := range used {
		if !used[i] {
			return "", fmt.Errorf("pgadapt: %d arguments were given, but the statement has no parameter $%d", len(args), i+1)
		}
	}
	return string(append(rendered, query[copied:]...)), nil
}

// renderOne writes an argument in front of the rest of the text.
func (l literals) renderOne(dst []byte, argument driver.NamedValue, rest string) ([]byte, error) {
	value, err := resolve(l.encoder.config.Types, argument.Value)
	if err == nil {
		dst, err = l.append(dst, value)
	}
	if err != nil {
		return nil, inArgument(argument, err)
	}
	if rest != "" {
		dst = wire.AppendSeparator(dst, rest[0])
	}
	return dst, nil
}

// append writes a value, as resolve gives it, as an SQL literal that keeps to itself: nothing next to it
// can become part of it. Times are written without a type, so that a timestamp column takes what their clock
// shows, as it does from a parameter.
func (l literals) append(dst []byte, value any) ([]byte, error) {
	switch value := value.(type) {
	case nil:
		return wire.AppendNullLiteral(dst), nil
	case bool:
		return wire.AppendBoolLiteral(dst, value), nil
	case string:
		return wire.AppendStringLiteral(dst, value, l.plainBackslashes())
	case []byte:
		return wire.AppendByteaLiteral(dst, value, l.plainBackslashes()), nil
	case float32:
		return wire.AppendFloatLiteral(dst, float64(value), 32), nil
	case float64:
		return wire.AppendFloatLiteral(dst, value, 64), nil
	case time.Time:
		return l.appendTime(dst, value)
	case time.Duration:
		return wire.AppendIntervalLiteral(dst, value), nil
	case [16]byte:
		return wire.AppendUUIDLiteral(dst, value), nil
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return appendIntegerLiteral(dst, value), nil
	}
	return l.appendRich(dst, value)
}

// appendIntegerLiteral writes an integer of any size.
func appendIntegerLiteral(dst []byte, value any) []byte {
	number := reflect.ValueOf(value)
	if number.CanUint() {
		return wire.AppendUintLiteral(dst, number.Uint())
	}
	return wire.AppendIntLiteral(dst, number.Int())
}

func (l literals) appendTime(dst []byte, value time.Time) ([]byte, error) {
	text, err := appendMoment(nil, value, l.encoder.config.infinityOf(value))
	if err != nil {
		return nil, err
	}
	return wire.AppendStringLiteral(dst, string(text), l.plainBackslashes())
}

// appendRich writes everything else in its text form, without a type: the server reads it as the type that it
// wants, as it does a parameter.
func (l literals) appendRich(dst []byte, value any) ([]byte, error) {
	text, null, err := l.encoder.appendUntyped(nil, value)
	if err != nil {
		return nil, err
	}
	if null {
		return wire.AppendNullLiteral(dst), nil
	}
	return wire.AppendStringLiteral(dst, string(text), l.plainBackslashes())
}
