//go:build !go1.27

package pgadapt

// scansArrays is false before Go 1.27: arrays reach their destinations as text.
const scansArrays = false
