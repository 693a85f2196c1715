package replication

import (
	"strconv"
	"strings"
)

// serverVersion is what a server reports as server_version.
type serverVersion struct {
	text  string
	major int // 0 where it could not be read
}

func parseServerVersion(text string) serverVersion {
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(text)
	}
	major, _ := strconv.Atoi(text[:end])
	return serverVersion{text: text, major: major}
}

// require refuses a feature that came with a later major version than the server's.
func (v serverVersion) require(feature string, major int) error {
	if v.major == 0 || v.major >= major {
		return nil
	}
	return &UnsupportedError{Feature: feature, Needs: major, Server: v.text}
}
