package pgtest

// ExampleDSN is DSN for Example functions, which have no testing.TB. Where there is no server it is empty, and
// the example fails.
func ExampleDSN() string {
	shared.once.Do(startShared)
	return shared.dsn
}
