package dsn_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/dsn"
)

// The tests in this file ask libpq itself. They need a C compiler, pg_config and libpq's header.
// PGADAPT_TEST_LIBPQ may name another libpq.so to link with than the one pg_config knows.
//
// Differences by design, all from libpq 18:
//
//   - an unknown keyword that could be the name of a run-time parameter is kept;
//   - a string with a NUL byte is refused (libpq never sees more than what stands before it).
//
// An older libpq also lacks keywords, and before 18 it kept blanks in a URI.

const blanksTrimmedSince = 180000

// libpq is a running conninfo.c.
type libpq struct {
	version  int
	keywords map[string]libpqKeyword
	in       io.Writer
	out      *bufio.Reader
}

type libpqKeyword struct{ environment, compiled string }

func startLibPQ(t testing.TB) *libpq {
	t.Helper()
	command := exec.Command(buildConninfo(t))
	in, err := command.StdinPipe()
	require.NoError(t, err)
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	command.Stderr = os.Stderr
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = in.Close()
		_ = command.Wait()
	})
	l := &libpq{in: in, out: bufio.NewReader(out), keywords: map[string]libpqKeyword{}}
	l.version = l.number(t)
	for range l.number(t) {
		l.keywords[l.text(t)] = libpqKeyword{environment: l.text(t), compiled: l.text(t)}
	}
	return l
}

func buildConninfo(t testing.TB) string {
	t.Helper()
	compiler, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("libpq is not asked: no C compiler (cc) found")
	}
	include, library, err := locateLibPQ()
	if err != nil {
		t.Skipf("libpq is not asked: %v", err)
	}
	program := filepath.Join(t.TempDir(), "conninfo")
	output, err := exec.Command(compiler, "-o", program, "testdata/conninfo.c", "-I"+include, library,
		"-Wl,--disable-new-dtags,-rpath,"+filepath.Dir(library)).CombinedOutput()
	if err != nil {
		t.Skipf("libpq is not asked: conninfo.c does not build: %s", output)
	}
	return program
}

func locateLibPQ() (include, library string, err error) {
	directory, err := exec.Command("pg_config", "--includedir").Output()
	if err != nil {
		return "", "", fmt.Errorf("pg_config --includedir: %w", err)
	}
	include = strings.TrimSpace(string(directory))
	if library = os.Getenv("PGADAPT_TEST_LIBPQ"); library != "" {
		return include, library, nil
	}
	directory, err = exec.Command("pg_config", "--libdir").Output()
	if err != nil {
		return "", "", fmt.Errorf("pg_config --libdir: %w", err)
	}
	pattern := filepath.Join(strings.TrimSpace(string(directory)), "libpq.*")
	found, err := filepath.Glob(pattern)
	if err != nil {
		return "", "", err
	}
	for _, name := range found {
		if strings.HasSuffix(name, ".so") || strings.HasSuffix(name, ".dylib") {
			return include, name, nil
		}
	}
	return "", "", fmt.Errorf("no shared library %s", pattern)
}

func (l *libpq) text(t testing.TB) string {
	t.Helper()
	text, err := l.out.ReadString(0)
	require.NoError(t, err)
	return strings.TrimSuffix(text, "\x00")
}

func (l *libpq) number(t testing.TB) int {
	t.Helper()
	n, err := strconv.Atoi(l.text(t))
	require.NoError(t, err)
	return n
}

// parse returns libpq's verdict on s, and the settings it found.
func (l *libpq) parse(t testing.TB, s string) (verdict string, settings map[string]string) {
	t.Helper()
	_, err := io.WriteString(l.in, s+"\x00")
	require.NoError(t, err)
	verdict = l.text(t)
	settings = map[string]string{}
	for range l.number(t) {
		keyword := l.text(t)
		settings[keyword] = l.text(t)
	}
	return verdict, settings
}

// compare fails the test when Parse and libpq disagree about s, differences by design aside, or about
// what String and URL make of it.
func (l *libpq) compare(t testing.TB, s string) {
	t.Helper()
	if l.version < blanksTrimmedSince && isURI(s) && strings.Contains(s, " ") {
		return
	}
	verdict, want := l.parse(t, s)
	have, err := dsn.Parse(s)
	switch {
	case err != nil:
		require.NotEqual(t, "ok", verdict, "libpq accepts %q, Parse says %v", s, err)
	case l.lacksKeywordOf(have):
		require.Equal(t, "unknown", verdict, "%q", s)
	default:
		require.Equal(t, "ok", verdict, "libpq refuses %q", s)
		require.Equal(t, want, maps.Collect(have.All()), "%q", s)
		for _, written := range []string{have.String(), have.URL()} {
			_, read := l.parse(t, written)
			require.Equal(t, want, read, "%q is written as %q", s, written)
		}
	}
}

func (l *libpq) lacksKeywordOf(p dsn.Params) bool {
	for keyword := range p.All() {
		if _, ok := l.keywords[keyword]; !ok {
			return true
		}
	}
	return false
}

func isURI(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://")
}

func TestLibPQAgreesOnCorpus(t *testing.T) {
	t.Parallel()
	judge := startLibPQ(t)
	for _, s := range corpus() {
		judge.compare(t, s)
	}
}

func TestLibPQAgreesOnGeneratedStrings(t *testing.T) {
	t.Parallel()
	judge := startLibPQ(t)
	random := rand.New(rand.NewPCG(18, 4))
	for range 50_000 {
		judge.compare(t, generatedConnectionString(random))
	}
}

// generatedConnectionString strings pieces together at which the two grammars decide something.
func generatedConnectionString(random *rand.Rand) string {
	pieces := uriPieces
	s := ""
	if random.IntN(2) == 0 {
		pieces = keywordValuePieces
	} else {
		s = []string{"postgres://", "postgresql://"}[random.IntN(2)]
	}
	for range random.IntN(14) {
		s += pieces[random.IntN(len(pieces))]
	}
	return s
}

var (
	keywordValuePieces = []string{
		"host", "port", "user", "password", "dbname", "ssl", "requiressl", "sslmode", "=", "=", "=", "=", " ", " ", "\t", "\v",
		"'", "'", `\`, `\'`, "a", "1", "true", "ü", "\xff", ".", "work_mem", "=x ", "='a b' ", "host=", " user = ", "://", "\u00a0", "\x85",
	}
	uriPieces = []string{
		":", "@", "/", "/", "?", "&", "=", ",", "[", "]", "[::1]", "%", "%20", "%2C", "%2F", "%00", "%zz", "%4", "+", " ", "\t", "#",
		"host", "user", "password", "sslmode", "ssl", "requiressl", "ssl=true", "a", "5432", "?host=", "&port=", "u:p@h", "h1:1,h2", "work_mem", "ü", "\xff",
	}
)

func TestLibPQKnowsTheKeywords(t *testing.T) {
	t.Parallel()
	judge := startLibPQ(t)
	for _, keyword := range dsn.Keywords() {
		known, ok := judge.keywords[keyword.Name]
		if keyword.Origin != dsn.OriginLibPQ {
			require.False(t, ok, "%s is libpq's", keyword.Name)
			continue
		}
		require.Equal(t, releasedBy(t, keyword.Since, judge.version), ok, "%s is said to be in libpq since %q", keyword.Name, keyword.Since)
		if !ok {
			continue
		}
		require.Equal(t, known.environment, keyword.Environment, keyword.Name)
		if known.compiled != "" && keyword.Name != "gssencmode" { // depends on how libpq was built
			require.Equal(t, known.compiled, keyword.Default, keyword.Name)
		}
	}
	for name := range judge.keywords {
		_, ok := dsn.Lookup(name)
		require.True(t, ok, "%s is missing in the table", name)
	}
}

// releasedBy reports whether the release in which a keyword came is not after version, as PQlibVersion gives it.
func releasedBy(t *testing.T, release string, version int) bool {
	t.Helper()
	major, _, _ := strings.Cut(release, ".")
	if major == "" {
		return true
	}
	n, err := strconv.Atoi(major)
	require.NoError(t, err)
	return n <= version/10_000
}

func FuzzParseAgreesWithLibPQ(f *testing.F) {
	judge := startLibPQ(f)
	for _, s := range corpus() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "\x00") {
			return
		}
		judge.compare(t, s)
	})
}
