package replication

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt"
)

// wantedServers says for each target_session_attrs what the server of a physical session must have reported, and what
// is wrong otherwise.
var wantedServers = map[string]struct {
	refused func(standby, readOnly bool) bool
	refusal error
}{
	"primary":    {func(standby, _ bool) bool { return standby }, pgconn.ErrStandbyConnection},
	"standby":    {func(standby, _ bool) bool { return !standby }, pgconn.ErrPrimaryConnection},
	"read-write": {func(standby, readOnly bool) bool { return standby || readOnly }, pgconn.ErrReadOnlyConnection},
	"read-only":  {func(standby, readOnly bool) bool { return !standby && !readOnly }, pgconn.ErrReadWriteConnection},
}

// judgeByStatus replaces the queries by which pgconn tells a standby from a primary: a physical session takes no SQL.
// Like libpq it looks at what the server reports when a session begins.
func judgeByStatus(config *pgadapt.Config) error {
	attributes, _ := config.Params().Get("target_session_attrs")
	if attributes == "prefer-standby" {
		return errors.New("replication: target_session_attrs=prefer-standby is not for physical replication: use standby or any")
	}
	wanted, known := wantedServers[attributes]
	if !known {
		return nil
	}
	config.ValidateConnect = func(_ context.Context, pg *pgconn.PgConn) error {
		standby := pg.ParameterStatus("in_hot_standby") == "on"
		if wanted.refused(standby, pg.ParameterStatus("default_transaction_read_only") == "on") {
			return wanted.refusal
		}
		return nil
	}
	return nil
}
