package pgadapt

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// useISODates sets the form in which dates are printed to the one that the driver reads, where server, database or
// role have another. The order in which the server reads ambiguous dates stays. Who asks for another DateStyle in the
// DSN gets it, and no dates from results in text form.
func useISODates(ctx context.Context, pg *pgconn.PgConn, settings *pgconn.Config) error {
	style := pg.ParameterStatus("DateStyle")
	if style == "" || strings.HasPrefix(style, "ISO") || asksForDateStyle(settings) {
		return nil
	}
	if err := pg.Exec(ctx, "SET datestyle = ISO").Close(); err != nil {
		return fmt.Errorf("pgadapt: setting DateStyle to ISO: %w", err)
	}
	return nil
}

func asksForDateStyle(settings *pgconn.Config) bool {
	for name, value := range settings.RuntimeParams {
		if strings.EqualFold(name, "DateStyle") ||
			strings.EqualFold(name, "options") && strings.Contains(strings.ToLower(value), "datestyle") {
			return true
		}
	}
	return false
}
