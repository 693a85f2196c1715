//go:build !unix

package pgtest

// watchdog does nothing here: only a call of Stop ends the server.
type watchdog struct{}

func startWatchdog(account, int, string) (*watchdog, error) { return &watchdog{}, nil }

func (*watchdog) dismiss() {}
