package workload

import (
	"database/sql"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/lib/pq/hstore"

	"github.com/pgadapt/pgadapt/bench/drivers"
)

// Checksum tells whether two drivers have read the same data. The zero value is ready.
type Checksum struct {
	rows int64
	hash hash.Hash64
}

// Rows gives the number of rows that were read.
func (c *Checksum) Rows() int64 { return c.rows }

// Sum depends on the number of rows, their values and their order.
func (c *Checksum) Sum() uint64 {
	if c.hash == nil {
		return uint64(c.rows)
	}
	return c.hash.Sum64() + uint64(c.rows)
}

// addUnread counts a row whose values were dropped.
func (c *Checksum) addUnread() { c.rows++ }

// addRow adds the values behind the destinations that a row was scanned into.
func (c *Checksum) addRow(destinations ...any) error {
	c.rows++
	for _, destination := range destinations {
		if err := c.add(destination); err != nil {
			return err
		}
	}
	return nil
}

func (c *Checksum) add(destination any) error {
	switch value := destination.(type) {
	case *any:
		return c.addValue(*value)
	case *int16:
		return c.addValue(int64(*value))
	case *int32:
		return c.addValue(int64(*value))
	case *int64:
		return c.addValue(*value)
	case *float64:
		return c.addValue(*value)
	case *bool:
		return c.addValue(*value)
	case *string:
		return c.addValue(*value)
	case *[]byte:
		return c.addValue(*value)
	case *time.Time:
		return c.addValue(*value)
	}
	return c.addRich(destination)
}

func (c *Checksum) addRich(destination any) error {
	switch value := destination.(type) {
	case *[]int64:
		return addElements(c, *value)
	case *[]float64:
		return addElements(c, *value)
	case *[]string:
		return addElements(c, *value)
	case *[]time.Time:
		return addElements(c, *value)
	case *drivers.Document:
		return addElements(c, append([]any{value.ID, value.Name}, anyOf(value.Tags)...))
	case *pgtype.Range[int64]:
		return addElements(c, []any{value.Lower, value.Upper, string(value.LowerType), string(value.UpperType), value.Valid})
	case *map[string]string:
		return c.addPairs(*value)
	case *pgtype.Hstore:
		pairs := make(map[string]string, len(*value))
		for key, text := range *value {
			pairs[key] = *text
		}
		return c.addPairs(pairs)
	case *hstore.Hstore:
		pairs := make(map[string]string, len(value.Map))
		for key, text := range value.Map {
			pairs[key] = text.String
		}
		return c.addPairs(pairs)
	}
	return c.addNullable(destination)
}

func anyOf(texts []string) []any {
	values := make([]any, len(texts))
	for i, text := range texts {
		values[i] = text
	}
	return values
}

func addElements[T any](c *Checksum, elements []T) error {
	for _, element := range elements {
		if err := c.addValue(element); err != nil {
			return err
		}
	}
	return c.addValue(int64(len(elements)))
}

// addPairs adds a map in the order of its keys.
func (c *Checksum) addPairs(pairs map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		c.addBytes([]byte(key))
		c.addBytes([]byte(pairs[key]))
	}
	return c.addValue(int64(len(pairs)))
}

func (c *Checksum) addNullable(destination any) error {
	switch value := destination.(type) {
	case *sql.NullInt64:
		return c.addValid(value.Int64, value.Valid)
	case *sql.NullString:
		return c.addValid(value.String, value.Valid)
	case *sql.NullFloat64:
		return c.addValid(value.Float64, value.Valid)
	case *sql.NullTime:
		return c.addValid(value.Time, value.Valid)
	}
	return fmt.Errorf("workload: a checksum of %T is not provided for", destination)
}

func (c *Checksum) addValid(value any, valid bool) error {
	if !valid {
		value = nil
	}
	return c.addValue(value)
}

// addValue gives text the same sum as a string and as bytes: scanned into an any, drivers differ in that.
func (c *Checksum) addValue(value any) error {
	switch value := value.(type) {
	case nil:
		c.addBytes([]byte("null"))
	case int64:
		c.addUint64(uint64(value))
	case float64:
		c.addUint64(math.Float64bits(value))
	case bool:
		c.addBytes(fmt.Append(nil, value))
	case string:
		c.addBytes([]byte(value))
	case []byte:
		c.addBytes(value)
	case time.Time:
		c.addUint64(uint64(value.UnixMicro()))
	default:
		return fmt.Errorf("workload: a checksum of %T is not provided for", value)
	}
	return nil
}

func (c *Checksum) addUint64(value uint64) { c.addBytes(binary.BigEndian.AppendUint64(nil, value)) }

func (c *Checksum) addBytes(value []byte) {
	if c.hash == nil {
		c.hash = fnv.New64a()
	}
	c.hash.Write(binary.BigEndian.AppendUint32(nil, uint32(len(value)))) // so that 'a','bc' is not 'ab','c'
	c.hash.Write(value)
}
