package pgadapt

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// connectPlan is what a connection is opened by.
type connectPlan struct {
	// settings are pgconn's, with what the driver itself needs.
	settings *pgconn.Config
	// targets are the hosts in them.
	targets []target
	// lends says that a hook of the program is given the session itself. OnPgError, where pgconn always has one, does
	// not count.
	lends bool
}

// planConnect gives the plan of one connection, after BeforeConnect had its say. Its settings are a copy, for what
// belongs to this connection alone.
func (c *Connector) planConnect(ctx context.Context) (connectPlan, error) {
	if !c.config.wasParsed() {
		return connectPlan{}, errors.New("pgadapt: the Config was not made by pgadapt.ParseConfig")
	}
	if c.config.BeforeConnect == nil {
		plan, settings := c.plan, *c.plan.settings
		plan.settings = &settings
		return plan, nil
	}
	settings := c.config.Config.Copy()
	if err := c.config.BeforeConnect(ctx, settings); err != nil {
		return connectPlan{}, fmt.Errorf("pgadapt: BeforeConnect: %w", err)
	}
	return c.config.planFor(settings), nil
}

// wasParsed reports whether the Config comes from ParseConfig.
func (c *Config) wasParsed() bool { return c.Config != nil && c.BuildFrontend != nil }

// planFor gives the plan for pgconn's settings, which stay as they are.
func (c *Config) planFor(settings *pgconn.Config) connectPlan {
	own := *settings
	own.RuntimeParams = withClientEncoding(settings.RuntimeParams)
	own.MaxProtocolMessageBodyLen = maxMessageBytes(settings)
	own.DialFunc = dialAbstract(countWrites(c.checkPeer(settings.DialFunc)))
	if c.Tracer != nil {
		c.traceArrivals(&own)
	}
	return connectPlan{settings: &own, targets: targetsOf(&own), lends: c.lends(settings)}
}

func (c *Config) lends(settings *pgconn.Config) bool {
	return settings.AfterConnect != nil || settings.ValidateConnect != nil || c.ResetSession != nil ||
		settings.OnNotice != nil || settings.OnNotification != nil
}

// withClientEncoding asks for UTF8 where the user has not asked for anything: a server or role may have
// another default.
func withClientEncoding(parameters map[string]string) map[string]string {
	for name := range parameters {
		if strings.EqualFold(name, "client_encoding") {
			return parameters
		}
	}
	extended := make(map[string]string, len(parameters)+1)
	maps.Copy(extended, parameters)
	extended["client_encoding"] = "UTF8"
	return extended
}
