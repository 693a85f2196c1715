package pgadapt

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"reflect"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

var textUnmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()

func isTextUnmarshaler(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(textUnmarshalerType)
}

// scalarPlans has the Go types that are scanned in a way of their own.
var scalarPlans = map[reflect.Type]textPlan{
	timeType:                            scanTimeText,
	durationType:                        scanDurationText,
	reflect.TypeFor[netip.Addr]():       scanAddrText,
	reflect.TypeFor[netip.Prefix]():     scanPrefixText,
	reflect.TypeFor[net.IPNet]():        scanIPNetText,
	reflect.TypeFor[net.IP]():           scanIPText,
	reflect.TypeFor[net.HardwareAddr](): scanHardwareAddrText,
	reflect.TypeFor[big.Float]():        scanBigFloatText,
	reflect.TypeFor[big.Rat]():          scanBigRatText,
}

// planScalarText scans a value that is not made of others, or the whole text of one that is.
func planScalarText(info *typeInfo, t reflect.Type) textPlan {
	plan := scalarPlanFor(info, t)
	return func(d *decoding, src []byte, target reflect.Value) error {
		if src == nil {
			return setNull(target)
		}
		return plan(d, src, target)
	}
}

func scalarPlanFor(info *typeInfo, t reflect.Type) textPlan {
	isJSON := isJSONType(info.oid)
	plan, special := scalarPlans[t]
	switch {
	case t == timeType || t == durationType && info.oid == pgtype.IntervalOID:
		return timePlans(info, plan)
	case special && t != durationType && !isJSON:
		return plan
	case t.Kind() == reflect.Array && t.Elem().Kind() == reflect.Uint8 && t.Len() == 16 && info.oid != pgtype.ByteaOID && !isJSON:
		return scanUUIDText
	case isJSON && !isWholeText(t):
		return scanJSON
	case isTextUnmarshaler(t):
		return scanTextUnmarshaler
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return bytesPlan(info)
	}
	if plan, ok := kindPlans[t.Kind()]; ok {
		if t.Kind() == reflect.String && info.oid == pgtype.ByteaOID {
			return scanByteaIntoString
		}
		return plan
	}
	return scanByTypeMap(info)
}

// isWholeText reports whether a JSON document goes into t as its text: into strings and byte slices.
func isWholeText(t reflect.Type) bool {
	return t.Kind() == reflect.String || t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
}

// kindPlans scans by the kind of the destination.
var kindPlans = map[reflect.Kind]textPlan{
	reflect.Bool: scanBoolText, reflect.String: scanStringText,
	reflect.Int: scanIntText, reflect.Int8: scanIntText, reflect.Int16: scanIntText, reflect.Int32: scanIntText,
	reflect.Int64: scanIntText,
	reflect.Uint:  scanUintText, reflect.Uint8: scanUintText, reflect.Uint16: scanUintText, reflect.Uint32: scanUintText,
	reflect.Uint64:  scanUintText,
	reflect.Float32: scanFloatText, reflect.Float64: scanFloatText,
}

func scanBoolText(_ *decoding, src []byte, target reflect.Value) error {
	value, err := wire.ParseBool(src)
	if err != nil {
		value, err = strconv.ParseBool(string(src))
	}
	if err != nil {
		return fmt.Errorf("%q does not fit %s", src, target.Type())
	}
	target.SetBool(value)
	return nil
}

func scanStringText(_ *decoding, src []byte, target reflect.Value) error {
	target.SetString(string(src))
	return nil
}

func scanByteaIntoString(_ *decoding, src []byte, target reflect.Value) error {
	value, err := wire.ParseBytea(src)
	target.SetString(string(value))
	return err
}

func scanIntText(_ *decoding, src []byte, target reflect.Value) error {
	value, err := wire.ParseInt(src, target.Type().Bits())
	if err != nil {
		return numberError(src, target, err)
	}
	target.SetInt(value)
	return nil
}

func scanUintText(_ *decoding, src []byte, target reflect.Value) error {
	value, err := wire.ParseUint(src, target.Type().Bits())
	if err != nil {
		return numberError(src, target, err)
	}
	target.SetUint(value)
	return nil
}

func scanFloatText(_ *decoding, src []byte, target reflect.Value) error {
	value, err := wire.ParseFloat(src, target.Type().Bits())
	if err != nil {
		return numberError(src, target, err)
	}
	target.SetFloat(value)
	return nil
}

func numberError(src []byte, target reflect.Value, err error) error {
	if errors.Is(err, strconv.ErrRange) {
		return fmt.Errorf("%s is out of range for %s", src, target.Type())
	}
	return fmt.Errorf("%q does not fit %s", src, target.Type())
}

func bytesPlan(info *typeInfo) textPlan {
	return func(_ *decoding, src []byte, target reflect.Value) error {
		if info.oid != pgtype.ByteaOID && (info.oid != 0 || !isHex(src)) {
			target.SetBytes(append([]byte{}, src...))
			return nil
		}
		value, err := wire.ParseBytea(src)
		target.SetBytes(value)
		return err
	}
}

// isHex reports whether a text of which nobody knows the type is that of bytea.
func isHex(src []byte) bool {
	if len(src) < 2 || src[0] != '\\' || src[1] != 'x' {
		return false
	}
	_, err := wire.ParseBytea(src)
	return err == nil
}

func scanTextUnmarshaler(_ *decoding, src []byte, target reflect.Value) error {
	return target.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText(src)
}

func scanUUIDText(_ *decoding, src []byte, target reflect.Value) error {
	value, err := wire.ParseUUID(src)
	if err != nil {
		return err
	}
	target.Set(reflect.ValueOf(value).Convert(target.Type()))
	return nil
}

// timePlans scans dates and times by what the type of the value is.
func timePlans(info *typeInfo, fallback textPlan) textPlan {
	decoder := decoderFor(info.oid, pgtype.TextFormatCode)
	switch {
	case decoder.moment != nil:
		return func(d *decoding, src []byte, target reflect.Value) error {
			moment, infinity, err := decoder.moment(src, d.location)
			if err != nil {
				return err
			}
			return d.setTime(info, moment, infinity, target)
		}
	case decoder.clock != nil:
		return func(_ *decoding, src []byte, target reflect.Value) error {
			clock, err := decoder.clock(src)
			target.Set(reflect.ValueOf(clock).Convert(target.Type()))
			return err
		}
	}
	return fallback
}

func (d *decoding) setTime(info *typeInfo, moment time.Time, infinity wire.Infinity, target reflect.Value) error {
	if infinity != wire.Finite {
		mapped, ok := d.infinityTime(infinity)
		if !ok {
			return infinityError(info.oid, infinity)
		}
		moment = mapped
	}
	target.Set(reflect.ValueOf(moment).Convert(target.Type()))
	return nil
}

// scanTimeText scans a text of which only the destination says that it is a time.
func scanTimeText(d *decoding, src []byte, target reflect.Value) error {
	for _, oid := range []uint32{pgtype.TimestamptzOID, pgtype.TimestampOID, pgtype.DateOID} {
		info := builtinTypes[oid]
		moment, infinity, err := decoderFor(oid, pgtype.TextFormatCode).moment(src, d.location)
		if err == nil {
			return d.setTime(info, moment, infinity, target)
		}
	}
	for _, oid := range []uint32{pgtype.TimeOID, pgtype.TimetzOID} {
		if clock, err := decoderFor(oid, pgtype.TextFormatCode).clock(src); err == nil {
			target.Set(reflect.ValueOf(clock).Convert(target.Type()))
			return nil
		}
	}
	return fmt.Errorf("%q is no date or time", src)
}

func scanDurationText(_ *decoding, src []byte, target reflect.Value) error {
	interval, err := wire.ParseInterval(src)
	if err != nil {
		return err
	}
	duration, err := interval.Duration()
	target.SetInt(int64(duration))
	return err
}

// scanAddrText takes an inet or cidr whose mask is full.
func scanAddrText(_ *decoding, src []byte, target reflect.Value) error {
	if addr, err := netip.ParseAddr(string(src)); err == nil {
		target.Set(reflect.ValueOf(addr))
		return nil
	}
	prefix, err := netip.ParsePrefix(string(src))
	if err != nil || prefix.Bits() != prefix.Addr().BitLen() {
		return fmt.Errorf("%q is not a single address: scan into netip.Prefix", src)
	}
	target.Set(reflect.ValueOf(prefix.Addr()))
	return nil
}

func parsePrefix(src []byte) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(string(src)); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	return netip.ParsePrefix(string(src))
}

func scanPrefixText(_ *decoding, src []byte, target reflect.Value) error {
	prefix, err := parsePrefix(src)
	target.Set(reflect.ValueOf(prefix))
	return err
}

func scanIPText(d *decoding, src []byte, target reflect.Value) error {
	var addr netip.Addr
	if err := scanAddrText(d, src, reflect.ValueOf(&addr).Elem()); err != nil {
		return err
	}
	target.Set(reflect.ValueOf(net.IP(addr.AsSlice())))
	return nil
}

func scanIPNetText(_ *decoding, src []byte, target reflect.Value) error {
	prefix, err := parsePrefix(src)
	if err != nil {
		return err
	}
	target.Set(reflect.ValueOf(net.IPNet{
		IP: prefix.Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen()),
	}))
	return nil
}

func scanHardwareAddrText(_ *decoding, src []byte, target reflect.Value) error {
	addr, err := net.ParseMAC(string(src))
	target.Set(reflect.ValueOf(addr))
	return err
}

// scanBigFloatText keeps all digits: the precision follows from their number.
func scanBigFloatText(_ *decoding, src []byte, target reflect.Value) error {
	const bitsPerDigit = 3.33
	precision := uint(float64(len(src))*bitsPerDigit) + 64
	value, _, err := big.ParseFloat(string(src), 10, precision, big.ToNearestEven)
	if err != nil {
		return fmt.Errorf("%q does not fit *big.Float", src)
	}
	target.Addr().Interface().(*big.Float).Set(value)
	return nil
}

// scanBigRatText refuses what a few characters could blow up to gigabytes: PostgreSQL's largest number has an exponent
// of six digits, and its text no fraction.
func scanBigRatText(_ *decoding, src []byte, target reflect.Value) error {
	exponent := bytes.IndexAny(src, "eEpP/")
	if exponent >= 0 && (src[exponent]|0x20 != 'e' || len(src)-exponent > len("e+123456")) {
		return fmt.Errorf("%q does not fit *big.Rat", src)
	}
	if _, ok := target.Addr().Interface().(*big.Rat).SetString(string(src)); !ok {
		return fmt.Errorf("%q does not fit *big.Rat", src)
	}
	return nil
}

// scanByTypeMap leaves the types of pgtype to it.
func scanByTypeMap(info *typeInfo) textPlan {
	return func(d *decoding, src []byte, target reflect.Value) error {
		return d.typeMap().Scan(info.oid, pgtype.TextFormatCode, src, target.Addr().Interface())
	}
}

// infinityError names the ways out.
func infinityError(oid uint32, infinity wire.Infinity) error {
	way := map[uint32]string{
		pgtype.DateOID:        "pgtype.Date",
		pgtype.TimestampOID:   "pgtype.Timestamp",
		pgtype.TimestamptzOID: "pgtype.Timestamptz",
	}[oid]
	return fmt.Errorf("%s does not fit time.Time: scan into %s, or give the DSN parameters "+
		"negative_infinity and positive_infinity", infinity, way)
}
