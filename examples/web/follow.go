package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pgadapt/pgadapt"
)

// follow hands on what the listener hears, until ctx ends.
func (b *board) follow(ctx context.Context, listener *pgadapt.Listener) error {
	for notification, err := range listener.Notifications(ctx) {
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if notification.Gap != nil {
			// The session was lost, and with it whatever was said until there was another one.
			b.logger.Warn("the listener has another session, and all browsers reload", "error", notification.Gap)
			b.changes.publish(reload, "")
			continue
		}
		if err := b.announce(ctx, notification.Payload); err != nil && ctx.Err() == nil {
			b.logger.Error("a change could not be read, and all browsers reload", "error", err)
			b.changes.publish(reload, "")
		}
	}
	return nil
}

// announce tells the browsers what has become of the talk with an ID: how it looks now, or that it is gone.
func (b *board) announce(ctx context.Context, id string) error {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return fmt.Errorf("the payload %q is not an ID", id)
	}
	changed, err := b.talks.find(ctx, number)
	if errors.Is(err, sql.ErrNoRows) {
		b.changes.publish("gone", id)
		return nil
	}
	if err != nil {
		return err
	}
	// The template that makes the line in the page makes it here, so that it looks the same and is escaped as well.
	var line strings.Builder
	if err := templates.ExecuteTemplate(&line, "talk", changed); err != nil {
		return err
	}
	b.changes.publish("talk", line.String())
	return nil
}
