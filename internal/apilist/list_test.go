package main

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestList(t *testing.T) {
	for _, test := range []struct {
		name, source string
		want         []string
	}{
		{"untyped constant", "const Limit = 3", []string{"const Limit = 3"}},
		{"typed constant", "type Mode int8\nconst Fast Mode = 1", []string{"const Fast Mode = 1", "type Mode int8"}},
		{"variable", "var Err error", []string{"var Err error"}},
		{"unexported names", "var a int\nconst b = 1\nfunc c() {}\ntype d struct{ E int }", nil},
		{"function", "func F(a int, b ...string) error { return nil }", []string{"func F(a int, b ...string) error"}},
		{"generic function", "func F[T any](a T) (b []T, err error) { return }", []string{"func F[T any](a T) (b []T, err error)"}},
		{"alias", "type A = map[string]int", []string{"type A = map[string]int"}},
		{"struct", "type S struct { A int; b int }", []string{"type S struct", "type S struct, A int"}},
		{"embedded struct", "type S struct { A; *b }\ntype A struct{}\ntype b struct{}",
			[]string{"type A struct", "type S struct", "type S struct, embedded *b", "type S struct, embedded A"}},
		{"methods of value and pointer", "type S int\nfunc (S) A() {}\nfunc (*S) B() {}\nfunc (S) c() {}",
			[]string{"method (*S) B()", "method (S) A()", "type S int"}},
		{"method of an embedded unexported type", "type S struct { b }\ntype b struct{}\nfunc (*b) M() {}",
			[]string{"method (*S) M()", "type S struct", "type S struct, embedded b"}},
		{"interface", "type I interface { A() int; B() }",
			[]string{"type I interface { A, B }", "type I interface, A() int", "type I interface, B()"}},
		{"interface that others cannot implement", "type I interface { A(); b() }",
			[]string{"type I interface { A, unexported methods }", "type I interface, A()"}},
		{"constraint", "type C interface { ~int | string }", []string{"type C interface{~int | string}"}},
		{"generic type", "type L[T any] []T\nfunc (L[T]) First() (t T) { return }",
			[]string{"method (L[T any]) First() (t T)", "type L[T any] []T"}},
		{"type of another package", "import \"io\"\nfunc F(r io.Reader) {}", []string{"func F(r io.Reader)"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, list(check(t, test.source)))
		})
	}
}

// check gives the package p with the source.
func check(t *testing.T, source string) *types.Package {
	t.Helper()
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, "p.go", "package p\n"+source, 0)
	require.NoError(t, err)
	config := types.Config{Importer: importer.ForCompiler(files, "source", nil)}
	checked, err := config.Check("p", files, []*ast.File{parsed}, nil)
	require.NoError(t, err)
	return checked
}

func TestFileName(t *testing.T) {
	for path, want := range map[string]string{
		ownModule:                   "pgadapt.txt",
		ownModule + "/dsn":          "dsn.txt",
		ownModule + "/postgres/pgx": "postgres-pgx.txt",
		ownModule + "/otel":         "otel.txt",
	} {
		require.Equal(t, want, fileName(path))
	}
}
