package twophase

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"

	"github.com/pgadapt/pgadapt/compose"
)

// Xid names a prepared transaction: an identifier of the X/Open XA standard with three parts, or any other text.
// Xids are equal, also with ==, when they name the same transaction.
type Xid struct{ text string }

// The limits of an Xid.
const (
	// MaxFormatID is the largest format ID.
	MaxFormatID = math.MaxInt32
	// MaxPartBytes is how long the other two parts may be (XA's XIDDATASIZE is 128 for both).
	MaxPartBytes = 64
	// MaxTextBytes is how long the text of a transaction's name may be in PostgreSQL.
	MaxTextBytes = 199
)

// New gives the Xid with a format ID between 0 and MaxFormatID, which says how the other parts are made, a global
// transaction ID, and a branch qualifier. Both may be empty and have at most MaxPartBytes of printable ASCII.
func New(formatID int, globalID, branch string) (Xid, error) {
	if formatID < 0 || formatID > MaxFormatID {
		return Xid{}, fmt.Errorf("twophase: the format ID %d is not between 0 and %d", formatID, MaxFormatID)
	}
	if err := checkPart(globalID); err != nil {
		return Xid{}, fmt.Errorf("twophase: the global transaction ID %w", err)
	}
	if err := checkPart(branch); err != nil {
		return Xid{}, fmt.Errorf("twophase: the branch qualifier %w", err)
	}
	encode := base64.StdEncoding.EncodeToString
	return Xid{fmt.Sprintf("%d_%s_%s", formatID, encode([]byte(globalID)), encode([]byte(branch)))}, nil
}

func checkPart(part string) error {
	if len(part) > MaxPartBytes {
		return fmt.Errorf("has %d bytes, and may have %d", len(part), MaxPartBytes)
	}
	for i := range len(part) {
		if part[i] < 0x20 || part[i] > 0x7e {
			return fmt.Errorf("has the byte %#02x at %d: only printable ASCII is allowed", part[i], i)
		}
	}
	return nil
}

// Parse gives the Xid with a text, such as one that pg_prepared_xacts has. Every text names some transaction,
// whoever made it; whether it has parts, [Xid.Parts] tells.
func Parse(text string) Xid { return Xid{text} }

// String gives the name that PostgreSQL knows: the format ID and, in Base64, the other two parts, joined by
// underscores. For an Xid of Parse it is the text that was parsed.
func (x Xid) String() string { return x.text }

var threeParts = regexp.MustCompile(`^([0-9]+)_([^_]*)_([^_]*)$`)

// Parts gives what [New] was called with. It reports false for a text that New does not make.
func (x Xid) Parts() (formatID int, globalID, branch string, ok bool) {
	match := threeParts.FindStringSubmatch(x.text)
	if match == nil {
		return 0, "", "", false
	}
	formatID, err := strconv.Atoi(match[1])
	if err != nil || formatID > MaxFormatID {
		return 0, "", "", false
	}
	globalID, okGlobal := decodePart(match[2])
	branch, okBranch := decodePart(match[3])
	if !okGlobal || !okBranch {
		return 0, "", "", false
	}
	return formatID, globalID, branch, true
}

func decodePart(encoded string) (part string, ok bool) {
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	// The decoder passes over line ends and stray bits.
	if err != nil || base64.StdEncoding.EncodeToString(decoded) != encoded || checkPart(string(decoded)) != nil {
		return "", false
	}
	return string(decoded), true
}

// check says why PostgreSQL would not take the name.
func (x Xid) check() error {
	if x.text == "" {
		return errors.New("twophase: the Xid is empty: make one with New or Parse")
	}
	if len(x.text) > MaxTextBytes {
		return fmt.Errorf("twophase: the Xid has %d bytes, and PostgreSQL allows %d", len(x.text), MaxTextBytes)
	}
	return nil
}

func (x Xid) literal() compose.Composed { return compose.Literal(x.text) }
