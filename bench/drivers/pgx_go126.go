//go:build !go1.27

package drivers

import (
	"reflect"

	"github.com/jackc/pgx/v5/pgtype"
)

// Destination uses encoding/json for documents and pgtype's scanner for arrays; it has none for ranges.
func (pgxStdlib) Destination(target any) any {
	if document := documentDestination(target); document != nil {
		return document
	}
	if reflect.TypeOf(target).Elem().Kind() != reflect.Slice {
		return nil
	}
	return pgtype.NewMap().SQLScanner(target)
}
