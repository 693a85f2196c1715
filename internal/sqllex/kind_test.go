package sqllex_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

func TestStatementKind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		query string
		want  sqllex.Kind
	}{
		{"copy t from stdin", sqllex.CopyFrom},
		{"COPY T FROM STDIN", sqllex.CopyFrom},
		{`copy t(a, "from stdin") from /* x */ stdin with (format csv)`, sqllex.CopyFrom},
		{"copy binary t from stdin", sqllex.CopyFrom},
		{"copy s.t (a) from stdin where a > 0", sqllex.CopyFrom},
		{"copy s.to from stdin", sqllex.CopyFrom},
		{`copy "to" from stdin`, sqllex.CopyFrom},
		{"copy t from stdout", sqllex.CopyFrom},
		{"copy--\nt--\nfrom--\nstdin", sqllex.CopyFrom},
		{"copy t to stdout", sqllex.CopyTo},
		{"copy t to stdin", sqllex.CopyTo},
		{"copy (select a from b) to stdout", sqllex.CopyTo},
		{"copy (select ')' from stdin) to stdout (format 'csv')", sqllex.CopyTo},
		{"copy ((select 1)) to stdout", sqllex.CopyTo},
		{"copy(insert into t values (1) returning *)to stdout", sqllex.CopyTo},
		{"copy t from 'stdin'", sqllex.CopyFile},
		{"copy t to '/tmp/stdout'", sqllex.CopyFile},
		{"copy t from program 'from stdin'", sqllex.CopyFile},
		{`copy t from "stdin"`, sqllex.CopyFile},
		{"copy t (from stdin) to E'x'", sqllex.CopyFile},
		{"copy", sqllex.CopyFile},
		{"copy t from", sqllex.CopyFile},

		{"select 1", sqllex.Select},
		{"select * into t from u", sqllex.Select},
		{"/* a */ SELECT 1", sqllex.Select},
		{"((select 1) union select 2)", sqllex.Select},
		{"table t", sqllex.Select},
		{"values (1)", sqllex.Values},
		{"(values (1))", sqllex.Values},
		{"with a as (select 1) select * from a", sqllex.With},
		{"(with a as (select 1) select * from a)", sqllex.With},
		{"insert into t values (1)", sqllex.Insert},
		{"(insert into t values (1))", sqllex.Other},
		{"(copy t from stdin)", sqllex.Other},
		{"update t set a = 1", sqllex.Update},
		{"delete from t", sqllex.Delete},
		{"merge into t using u on true when matched then delete", sqllex.Merge},

		{"begin", sqllex.Begin},
		{"BEGIN isolation level serializable", sqllex.Begin},
		{"start transaction", sqllex.Begin},
		{"commit", sqllex.Commit},
		{"commit and chain", sqllex.Commit},
		{"end", sqllex.Commit},
		{"rollback", sqllex.Rollback},
		{"rollback work", sqllex.Rollback},
		{"rollback and chain", sqllex.Rollback},
		{"abort transaction", sqllex.Rollback},
		{"rollback to s", sqllex.Savepoint},
		{"rollback work to savepoint s", sqllex.Savepoint},
		{"rollback transaction /* */ to s", sqllex.Savepoint},
		{"savepoint s", sqllex.Savepoint},
		{"release s", sqllex.Savepoint},
		{"prepare transaction 'x'", sqllex.PrepareTransaction},
		{"commit prepared 'x'", sqllex.CommitPrepared},
		{"rollback prepared 'x'", sqllex.RollbackPrepared},
		{"prepare p as select 1", sqllex.Prepare},
		{"prepare transaction as select 1", sqllex.Prepare},
		{"prepare transaction (int) as select $1", sqllex.Prepare},
		{"deallocate all", sqllex.Deallocate},
		{"discard all", sqllex.Deallocate},
		{"FETCH 10 FROM c", sqllex.Fetch},
		{"execute p (1)", sqllex.Execute},

		{"create table t (a int)", sqllex.Other},
		{"explain select 1", sqllex.Other},
		{"selects", sqllex.Other},
		{`"select" 1`, sqllex.Other},
		{"ſelect 1", sqllex.Other},
		{"1", sqllex.Other},
		{"(", sqllex.Other},
	}
	for _, test := range tests {
		t.Run(test.query, func(t *testing.T) {
			t.Parallel()
			var kinds []string
			for statement := range sqllex.Statements(" ; "+test.query+" ; ", true) {
				kinds = append(kinds, statement.Kind.String())
			}
			require.Equal(t, []string{test.want.String()}, kinds)
		})
	}
}
