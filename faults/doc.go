// Package faults holds the tests of pgadapt on a bad network: github.com/Shopify/toxiproxy runs inside the tests and
// makes it slow, narrow, cut into bytes or silent, and a proxy of its own that understands the protocol cuts it
// between two messages, at every place where that can happen. What must hold everywhere: no statement runs twice, no
// result is truncated without an error, and neither goroutine nor session is left behind.
package faults
