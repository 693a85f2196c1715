package pgadapt

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/compose"
)

// The server's limits for notifications (PostgreSQL documentation, "NOTIFY").
const (
	// MaxNotificationPayload is the number of bytes that the payload of a notification may have.
	MaxNotificationPayload = 7999
	// MaxChannelName is the number of bytes that the name of a channel may have.
	MaxChannelName = 63
)

// Notification is what a [Listener] gives: a message that some session has sent on a channel, or a mark that such
// messages may be missing.
type Notification struct {
	// Channel is where it was sent.
	Channel string
	// Payload is what was sent, empty where nothing was.
	Payload string
	// BackendPID is the process ID of the session that has sent it.
	BackendPID uint32
	// Gap, when it is not nil, says that this is no message: the listener's session was lost for this reason, and
	// another one listens now. What was sent in between is missing, so that a program reads anew whatever it follows.
	Gap error
}

// Notify sends a notification on a channel, when the transaction that db may be in commits. The payload may be empty.
// The error says so when the name or the payload is too long; see MaxChannelName and MaxNotificationPayload. The
// server sends equal notifications of one transaction once.
func Notify(ctx context.Context, db Execer, channel, payload string) error {
	if _, err := quoteChannel(channel); err != nil {
		return err
	}
	if len(payload) > MaxNotificationPayload {
		return fmt.Errorf("pgadapt: the payload has %d bytes, and a notification takes %d: "+
			"store it in a table and send its key", len(payload), MaxNotificationPayload)
	}
	query, _, err := compose.Format("select pg_catalog.pg_notify({}, {})",
		compose.Literal(channel), compose.Literal(payload)).Render(compose.Numeric)
	if err != nil {
		return fmt.Errorf("pgadapt: %w", err)
	}
	_, err = db.ExecContext(ctx, query)
	return err
}

// quoteChannel quotes the name of a channel, and refuses what LISTEN would cut short or could not take.
func quoteChannel(name string) (string, error) {
	if name == "" {
		return "", errors.New("pgadapt: the name of the channel is empty")
	}
	if len(name) > MaxChannelName {
		return "", fmt.Errorf("pgadapt: the name of the channel has %d bytes, and may have %d", len(name), MaxChannelName)
	}
	quoted, err := compose.QuoteIdent(name)
	if err != nil {
		return "", fmt.Errorf("pgadapt: the name of the channel: %w", err)
	}
	return quoted, nil
}

func newNotification(received *pgconn.Notification) *Notification {
	return &Notification{Channel: received.Channel, Payload: received.Payload, BackendPID: received.PID}
}
