//go:build !unix

package pgadapt

// isQuiet is not known on systems without MSG_DONTWAIT; there only time tells, and a ping.
func (t *transport) isQuiet() (quiet, known bool) { return false, false }
