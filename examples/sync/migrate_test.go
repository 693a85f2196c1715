package main

import (
	"bufio"
	"database/sql"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// manyTypes has a table of each kind, and values of each kind.
const manyTypes = `
	create type mood as enum ('sad', 'so-so', 'it''s "fine"');
	create domain positive as int default 1 check (value > 0);
	create type place as (name text, "Postal Code" int, felt mood);
	create type point_3d as (x float8, y float8, z float8);

	create table scalar (
		id serial primary key, b boolean, i2 int2, i8 int8, f4 float4, f8 float8, n numeric, n2 numeric(10, 2), m money,
		t text, v varchar(20), c char(5), by bytea, d date, ts timestamp, tz timestamptz, tm time, iv interval,
		u uuid, j json, jb jsonb, ip inet, net cidr, mac macaddr, bits bit varying, p point, x xml, tv tsvector,
		r int4range, mr datemultirange, dom positive, twice int8 generated always as (i2::int8 * 2) stored
	);
	insert into scalar (b, i2, i8, f4, f8, n, n2, m, t, v, c, by, d, ts, tz, tm, iv, u, j, jb, ip, net, mac, bits, p, x,
	                    tv, r, mr, dom) values
		(true, -32768, 9223372036854775807, 'NaN', '-Infinity', 'Infinity', -12345678.90, 12.34,
		 E'quotes '' " \\ tab\t line\n \u20AC', 'x', 'ab', '\x00ff', 'infinity', '-infinity', '2026-11-22 12:00+01',
		 '23:59:59.999999', '1 year -2 days 03:00:00.5', '123e4567-e89b-12d3-a456-426614174000', '{"a": [1, null]}',
		 '{"b": "\u20ac"}', '::1/64', '10.0.0.0/8', '08:00:2b:01:02:03', '10110', '(1.5,-2)', '<a>&amp;</a>',
		 'fat & cat', '[1,5)', '{[2026-01-01,2026-02-01)}', 7),
		(null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
		 null, null, null, null, null, null, null, null, null, null, null),
		(false, 0, 0, 0.1, 1e-300, 'NaN', 0, 0, '', '', '', '', '0044-03-15 BC', 'epoch', 'epoch', '00:00', '0', null,
		 'null', 'null', '127.0.0.1', '::/0', null, '', '(0,0)', '', '', 'empty', '{}', null);

	create table in_binary (id int primary key, felt mood, at point_3d, xs int[], ts text[], grid float8[][]);
	insert into in_binary values
		(1, 'it''s "fine"', row(1, null, 'NaN'), '{1,NULL,-1}', '{"a, b",NULL,"","\"q\""}', '{{1,2},{3,4}}'),
		(2, null, null, '{}', null, '[0:1][1:1]={{1},{2}}'::float8[][]);

	create table in_text (id int primary key, moods mood[], home place, homes place[], kind regclass);
	insert into in_text values
		(1, '{sad,NULL,"it''s \"fine\""}', row('St. "O''Hara", \ 1', 12345, 'sad'),
		 array[row(null, null, null), row('', 0, 'so-so')]::place[], 'scalar'),
		(2, null, null, null, null);

	create table "Weird ""name"", isn't it" (
		"Key 1" text, "select" date, "a.b" text default 'it''s; --', primary key ("select", "Key 1"));
	insert into "Weird ""name"", isn't it"
		select k, d, k || d from unnest(array['a', 'B', 'ä', 'Z', 'z''\', '', 'b "c"']) k,
		       unnest(array['2026-01-01', '2026-01-02', 'infinity']::date[]) d;

	create table empty (id int primary key);
	create table unkeyed (a int, b text);
	insert into unkeyed values (1, 'twice'), (1, 'twice'), (null, null);
	create table numbered (id int generated always as identity (start 10 increment 5) primary key, word text);
	insert into numbered (word) values ('a'), ('b');
	create table defaults (id int primary key, at timestamptz default now(), felt mood not null default 'sad', n positive);`

func testEverythingArrives(t *testing.T, both pairOfDatabases) {
	both.reset(t, manyTypes)
	out := both.synchronised(t, "-chunk", "2")

	for _, table := range []string{"scalar", "in_binary", "in_text", `"Weird ""name"", isn't it"`, "empty", "unkeyed",
		"numbered", "defaults"} {
		both.requireSame(t, table)
	}
	require.Contains(t, out, "Copying public.in_binary, in binary.")
	require.Contains(t, out, "Copying public.scalar, in binary.")
	require.Contains(t, out, "Copying public.in_text, in text.")
	require.Contains(t, out, "Copying public.unkeyed, in binary; as a whole, since it has no primary key.")
	require.Regexp(t, `public\.Weird "name", isn't it +21 +11 +0\n`, out, "chunks of two rows")

	t.Run("definitions of the columns", func(t *testing.T) {
		query := `select string_agg(concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
		                 a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid)), E'\n' order by c.relname, a.attnum)
		          from pg_attribute a join pg_class c on c.oid = a.attrelid
		          left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
		          where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0`
		require.Equal(t, value[string](t, both.source, query), value[string](t, both.target, query))
	})
	t.Run("primary keys", func(t *testing.T) {
		query := `select string_agg(conrelid::regclass || pg_get_constraintdef(oid), E'\n' order by conrelid::regclass::text)
		          from pg_constraint where contype = 'p' and connamespace = 'public'::regnamespace group by contype`
		require.Equal(t, value[string](t, both.source, query), value[string](t, both.target, query))
	})
	t.Run("sequences go on", func(t *testing.T) {
		for _, db := range []*sql.DB{both.source, both.target} {
			require.Equal(t, 20, value[int](t, db, "insert into numbered (word) values ('c') returning id"))
		}
		require.Equal(t, 4, value[int](t, both.target, "insert into scalar default values returning id"))
	})
	t.Run("again, after the same has happened on both sides", func(t *testing.T) {
		change(t, both.source, "insert into scalar default values")
		require.NotContains(t, both.synchronised(t, "-chunk", "2"), "replaced")
	})
}

func testGoesOnAfterItWasKilled(t *testing.T, both pairOfDatabases) {
	both.reset(t, numbers)
	// The target gets its tables; then somebody holds up the program in the sixth chunk.
	change(t, both.target, "create table number (n int primary key, word text)")
	obstacle, err := both.target.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer obstacle.Rollback()
	_, err = obstacle.ExecContext(t.Context(), "insert into number values (550)")
	require.NoError(t, err)

	killed := startProgram(t, both.arguments("-chunk", "100"))
	for !strings.Contains(killed.line(t), "public.number: 500 rows") {
	}
	require.NoError(t, killed.Process.Kill())
	killed.Wait() // its error is that it was killed
	require.NoError(t, obstacle.Rollback())
	require.Equal(t, 500, value[int](t, both.target, "select rows from pgadapt_sync.progress"))
	transaction := "select string_agg(distinct xmin::text, ' ' order by xmin::text) from number where n <= 500"
	before := value[string](t, both.target, transaction)
	require.Len(t, strings.Fields(before), 5, "a transaction for each chunk")

	out := both.synchronised(t, "-chunk", "100", "-wait", "1m")

	require.Contains(t, out, "Going on with public.number after 500 rows.")
	require.NotContains(t, out, "public.number: 500 rows")
	require.Contains(t, out, "public.number: 600 rows")
	require.Equal(t, before, value[string](t, both.target, transaction), "what was there is not copied again")
	both.requireSame(t, "number")
}

// program is the test binary as the program.
type program struct {
	*exec.Cmd
	lines *bufio.Scanner
}

func startProgram(t *testing.T, arguments []string) *program {
	t.Helper()
	executable, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), executable)
	cmd.Env = append(os.Environ(), argumentsOfChild+"="+strings.Join(arguments, "\n"))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	return &program{cmd, bufio.NewScanner(out)}
}

// line gives the next line that the program prints.
func (p *program) line(t *testing.T) string {
	t.Helper()
	require.True(t, p.lines.Scan(), "the program has ended")
	return p.lines.Text()
}

func testWhatIsRefused(t *testing.T, both pairOfDatabases) {
	for _, test := range []struct{ name, source, target, want string }{
		{"another type", numbers, "create table number (n bigint primary key, word text)",
			"creating public.number: the target has such a table, but its column n is not of type integer"},
		{"another column", numbers, "create table number (n int primary key, word text, more text)",
			"but with 3 columns instead of 2"},
		{"rows of others", numbers, "create table number (n int primary key, word text); insert into number values (1)",
			"migrating public.number: the target has rows where none were copied to"},
		{"foreign keys", numbers, `create table number (n int primary key, word text);
			create table other (n int references number on delete cascade)`, "foreign keys that refer to it"},
		{"partitions", "create table parted (n int) partition by range (n)", "",
			"creating public.parted: it is partitioned"},
		{"a value that the target does not take", numbers,
			"create table number (n int primary key, word text, check (n < 900))", "writing public.number, "},
	} {
		t.Run(test.name, func(t *testing.T) {
			both.reset(t, test.source)
			if test.target != "" {
				change(t, both.target, test.target)
			}
			_, err := both.run(t)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func testAnotherSourceAndAnotherRun(t *testing.T, both pairOfDatabases) {
	both.reset(t, numbers)
	both.synchronised(t)
	t.Run("another source", func(t *testing.T) {
		change(t, both.source, "update pgadapt_sync.identity set name = gen_random_uuid()")
		_, err := both.run(t)
		require.ErrorContains(t, err, "the target was filled from another source")
	})
	t.Run("another run", func(t *testing.T) {
		lock, err := both.target.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		defer lock.Rollback()
		_, err = lock.ExecContext(t.Context(), "select pg_advisory_xact_lock($1)", int64(advisoryKey))
		require.NoError(t, err)
		_, err = both.run(t, "-wait", "10ms")
		require.ErrorContains(t, err, "another run works on this target")
	})
}
