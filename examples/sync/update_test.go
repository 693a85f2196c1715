package main

import (
	"database/sql"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/twophase"
)

func testOnlyWhatHasChangedIsCopied(t *testing.T, both pairOfDatabases) {
	both.reset(t, numbers)
	both.synchronised(t, "-chunk", "100")
	for _, test := range []struct {
		name, change string
		replaced     []string
	}{
		{"nothing", "select", nil},
		{"a value", "update number set word = 'changed' where n = 150", []string{"after (100) up to (200): replaced by 100 rows"}},
		{"a row less", "delete from number where n = 1000", []string{"after (900): replaced by 99 rows"}},
		{"rows at the end", "insert into number select generate_series(1001, 1010)",
			[]string{"after (900) up to (1001): replaced by 100 rows", "after (1001): replaced by 9 rows"}},
		{"a value that becomes NULL", "update number set word = null where n = 1", []string{"up to (100): replaced by 100 rows"}},
		{"all rows", "delete from number", []string{"whole: replaced by 0 rows"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			change(t, both.source, test.change)
			change(t, both.source, "delete from pgadapt_sync.mark")
			out := both.synchronised(t, "-chunk", "100")
			require.Equal(t, len(test.replaced), strings.Count(out, "replaced by"), out)
			for _, line := range test.replaced {
				require.Contains(t, out, "  public.number, "+line+"\n")
			}
			require.Equal(t, len(test.replaced), value[int](t, both.source, "select count(*) from pgadapt_sync.mark"))
			both.requireSame(t, "number")
		})
	}
}

func testDamageIsFoundAndRepaired(t *testing.T, both pairOfDatabases) {
	both.reset(t, numbers+`create table unkeyed (a int); insert into unkeyed values (1), (2)`)
	both.synchronised(t, "-chunk", "100")
	for _, test := range []struct{ name, damage, found string }{
		{"another value", "update number set word = word || ' ' where n = 555",
			"public.number, after (500) up to (600): 100 rows in the source, 100 in the target, other checksum"},
		{"two values exchanged", `update number set word = case n when 1 then 'number 2' else 'number 1' end where n in (1, 2)`,
			"public.number, up to (100): 100 rows in the source, 100 in the target, other checksum"},
		{"a row missing", "delete from number where n = 100", "100 rows in the source, 99 in the target"},
		{"a row too many", "insert into number values (1000000)", "0 rows in the source, 1 in the target"},
		{"a row twice", "insert into unkeyed values (2)", "public.unkeyed, whole: 2 rows in the source, 3 in the target"},
	} {
		t.Run(test.name, func(t *testing.T) {
			change(t, both.target, test.damage)

			out, err := both.run(t, "-chunk", "100", "-verify")
			require.ErrorContains(t, err, "source and target differ in 1 chunks")
			require.Contains(t, out, test.found)

			both.synchronised(t, "-chunk", "100")
			both.requireSame(t, "number")
			both.requireSame(t, "unkeyed")
		})
	}
}

// testCrashBetweenThePhases stops between the steps of two-phase commit, as a crash would, and runs the program again.
func testCrashBetweenThePhases(t *testing.T, both pairOfDatabases) {
	for _, test := range []struct {
		name     string
		crash    func(t *testing.T, link *link, source, target *sql.Tx)
		recovery string
		redone   bool
	}{
		{
			name: "the source is prepared",
			crash: func(t *testing.T, _ *link, source, target *sql.Tx) {
				pair, err := newPair("only-source")
				require.NoError(t, err)
				require.NoError(t, twophase.Prepare(t.Context(), source, pair.source))
				require.NoError(t, target.Rollback())
			},
			recovery: "Recovery: rolling back the source's half of transaction only-source.\n",
			redone:   true,
		},
		{
			name: "both are prepared",
			crash: func(t *testing.T, link *link, source, target *sql.Tx) {
				_, err := link.prepareBoth(t.Context(), source, target)
				require.NoError(t, err)
			},
			recovery: "Recovery: committing both halves of transaction ",
		},
		{
			name: "the target is committed",
			crash: func(t *testing.T, link *link, source, target *sql.Tx) {
				pair, err := link.prepareBoth(t.Context(), source, target)
				require.NoError(t, err)
				require.NoError(t, twophase.Commit(t.Context(), link.target, pair.target))
			},
			recovery: "Recovery: committing the source's half of transaction ",
		},
		{
			name: "somebody has rolled back the source",
			crash: func(t *testing.T, link *link, source, target *sql.Tx) {
				pair, err := link.prepareBoth(t.Context(), source, target)
				require.NoError(t, err)
				require.NoError(t, twophase.Rollback(t.Context(), link.source, pair.source))
			},
			recovery: "Recovery: rolling back the target's half of transaction ",
			redone:   true,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			both.reset(t, numbers)
			both.synchronised(t)
			change(t, both.source, "update number set word = 'changed' where n = 1")
			both.crashInUpdate(t, test.crash)

			out := both.synchronised(t)

			require.Contains(t, out, test.recovery)
			require.Equal(t, test.redone, strings.Contains(out, "replaced by"), out)
			require.Equal(t, 1, value[int](t, both.source, "select count(*) from pgadapt_sync.mark"))
			both.requireSame(t, "number")
			require.NotContains(t, both.synchronised(t), "Recovery", "everything has ended")
		})
	}
}

// crashInUpdate replaces the table of numbers, up to the commit, and leaves the rest to crash.
func (p pairOfDatabases) crashInUpdate(t *testing.T, crash func(*testing.T, *link, *sql.Tx, *sql.Tx)) {
	t.Helper()
	options, err := parse(p.arguments(), io.Discard)
	require.NoError(t, err)
	link, err := open(t.Context(), options, io.Discard)
	require.NoError(t, err)
	defer func() { require.NoError(t, link.close()) }()
	err = inSnapshot(t.Context(), link.source, func(source *sql.Tx) error {
		target, err := link.target.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = rewrite(t.Context(), source, target, link.tables[0], keyRange{})
		require.NoError(t, err)
		crash(t, link, source, target)
		return nil
	})
	require.NoError(t, err)
}
