package pgtest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// DefaultSettings gives the server settings that every server of pgtest has, wherever it runs: nothing
// is kept through a crash, and logical replication, two-phase commit and many sessions are possible.
func DefaultSettings() map[string]string {
	return map[string]string{
		"fsync":                     "off",
		"synchronous_commit":        "off",
		"full_page_writes":          "off",
		"wal_level":                 "logical",
		"max_wal_senders":           "10",
		"max_replication_slots":     "10",
		"max_prepared_transactions": "20",
		"max_connections":           "200",
		"timezone":                  "UTC",
		"log_timezone":              "UTC",
		"log_line_prefix":           logLinePrefix,
	}
}

// logLinePrefix begins each line with a UTC time that sorts as text, which logSince needs.
const logLinePrefix = "%m [%p] %q%a "

// longestSocketPath is a length that fits sockaddr_un on all platforms (104 bytes on macOS with the
// terminating zero, 108 on Linux).
const longestSocketPath = 103

// socketDir gives the folder for the Unix socket, empty where the socket is not possible.
func (c *cluster) socketDir() string {
	socket := filepath.Join(c.dir, ".s.PGSQL."+strconv.Itoa(c.port))
	if runtime.GOOS == "windows" || len(socket) > longestSocketPath {
		return ""
	}
	return c.dir
}

// configure replaces postgresql.conf.
func (c *cluster) configure(wanted map[string]string) error {
	settings := DefaultSettings()
	settings["listen_addresses"] = "127.0.0.1"
	settings["port"] = strconv.Itoa(c.port)
	settings["unix_socket_directories"] = c.socketDir()
	maps.Copy(settings, wanted)
	return os.WriteFile(filepath.Join(c.dataDir(), "postgresql.conf"), configurationFile(settings), 0o600)
}

// configurationFile writes settings as PostgreSQL docs, section "Parameter Interaction via the
// Configuration File" has them, in a stable order.
func configurationFile(settings map[string]string) []byte {
	var file strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		value := strings.ReplaceAll(settings[name], `\`, `\\`)
		fmt.Fprintf(&file, "%s = '%s'\n", name, strings.ReplaceAll(value, "'", "''"))
	}
	return []byte(file.String())
}
