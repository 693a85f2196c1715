package faults_test

import (
	"encoding/json"
	"strings"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
)

// toxic is what toxiproxy does to the data of one direction. Its attributes are those of toxiproxy's documentation.
type toxic struct {
	Type       string         `json:"type"`
	Stream     string         `json:"stream"` // upstream is to the server, downstream from it
	Attributes map[string]int `json:"attributes"`
}

// startToxicProxy gives a proxy in front of the test server that does no harm yet.
func startToxicProxy(t testing.TB) *toxiproxy.Proxy {
	t.Helper()
	controller := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(controller, "postgresql", "127.0.0.1:0", address(t))
	require.NoError(t, proxy.Start())
	t.Cleanup(func() {
		proxy.Toxics.ResetToxics(t.Context())
		proxy.Stop()
	})
	return proxy
}

// poison adds a toxic to a proxy, for connections that are open as well.
func poison(t testing.TB, proxy *toxiproxy.Proxy, toxic toxic) {
	t.Helper()
	text, err := json.Marshal(toxic)
	require.NoError(t, err)
	_, err = proxy.Toxics.AddToxicJson(strings.NewReader(string(text)))
	require.NoError(t, err)
}

// silence makes the proxy swallow everything from now on, as when a cable is pulled: nobody is told.
func silence(t testing.TB, proxy *toxiproxy.Proxy) {
	t.Helper()
	for _, direction := range directions {
		poison(t, proxy, toxic{Type: "timeout", Stream: direction, Attributes: map[string]int{"timeout": 0}})
	}
}
