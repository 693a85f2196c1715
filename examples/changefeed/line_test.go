package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// longText is stored apart from its row where the column's storage is external.
const longText = "repeat('x', 10000)"

func TestChanges(t *testing.T) {
	s := newSource(t, `
		create table plain (id int primary key, note text, more text);
		alter table plain alter column more set storage external;
		create table "Full" (id int primary key, more text);
		alter table "Full" alter column more set storage external;
		alter table "Full" replica identity full;
		create table keyless (note text)`, "plain", `"Full"`, "keyless")
	stop := s.start(t, s.toFile(), io.Discard)
	long := strings.Repeat("x", 10000)

	for _, test := range []struct {
		name, do string
		want     []string
	}{
		{"insert", "insert into plain values (1, 'a <b> \"c\" \\ \n é', " + longText + ")",
			[]string{`{"kind":"insert","schema":"public","table":"plain","new":{"id":1,"note":"a <b> \"c\" \\ \n é","more":"` + long + `"}}`}},
		{"update that leaves a long value", "update plain set note = null",
			[]string{`{"kind":"update","schema":"public","table":"plain","new":{"id":1,"note":null},"unchanged":["more"]}`}},
		{"update of a long value", "update plain set more = 'short'",
			[]string{`{"kind":"update","schema":"public","table":"plain","new":{"id":1,"note":null,"more":"short"}}`}},
		{"update of the key", "update plain set id = 2",
			[]string{`{"kind":"update","schema":"public","table":"plain","key":{"id":1},"new":{"id":2,"note":null,"more":"short"}}`}},
		{"delete", "delete from plain",
			[]string{`{"kind":"delete","schema":"public","table":"plain","key":{"id":2}}`}},
		{"insert with whole old rows", `insert into "Full" values (1, ` + longText + `)`,
			[]string{`{"kind":"insert","schema":"public","table":"Full","new":{"id":1,"more":"` + long + `"}}`}},
		{"update with whole old rows", `update "Full" set id = 2`,
			[]string{`{"kind":"update","schema":"public","table":"Full","old":{"id":1,"more":"` + long + `"},"new":{"id":2,"more":"` + long + `"}}`}},
		{"delete with whole old rows", `delete from "Full"`,
			[]string{`{"kind":"delete","schema":"public","table":"Full","old":{"id":2,"more":"` + long + `"}}`}},
		{"table without a key", "insert into keyless values ('x')",
			[]string{`{"kind":"insert","schema":"public","table":"keyless","new":{"note":"x"}}`}},
		{"truncate of two tables", "truncate plain, keyless cascade", []string{
			`{"kind":"truncate","schema":"public","table":"plain","cascade":true}`,
			`{"kind":"truncate","schema":"public","table":"keyless","cascade":true}`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := s.content(t)
			s.exec(t, test.do)
			s.waitForCommits(t, strings.Count(before, `{"kind":"commit"`)+1)
			added := strings.TrimPrefix(s.content(t), before)
			require.Equal(t, test.want, changesOf(added))
			requireTransaction(t, readLines(t, added))
		})
	}
	stop()
}

// requireTransaction checks the lines around the changes of a transaction.
func requireTransaction(t *testing.T, lines []jsonLine) {
	t.Helper()
	begin, commit := lines[0], lines[len(lines)-1]
	require.Equal(t, "begin", begin.Kind)
	require.Equal(t, "commit", commit.Kind)
	require.Equal(t, begin.LSN, commit.LSN)
	require.NotEqual(t, commit.LSN, commit.End)
	require.Equal(t, begin.XID, commit.XID)
	require.Equal(t, begin.CommitTime, commit.CommitTime)
	require.WithinDuration(t, time.Now(), commit.CommitTime, deadline)
}

func TestTypes(t *testing.T) {
	s := newSource(t, `
		create type mood as enum ('glad', 'sad');
		create domain positive as int check (value > 0);
		create table typed (id int primary key)`, "typed")
	t.Cleanup(func() { s.exec(t, "drop table typed"); s.exec(t, "drop type mood"); s.exec(t, "drop domain positive") })
	types := []struct{ sqlType, literal, want string }{
		{"bool", "true", `true`},
		{"bool", "false", `false`},
		{"text", "null", `null`},
		{"int2", "-32768", `-32768`},
		{"int8", "9223372036854775807", `9223372036854775807`},
		{"oid", "4294967295", `4294967295`},
		{"float4", "0.1", `0.1`},
		{"float8", "1e300", `1e+300`},
		{"float8", "'NaN'", `"NaN"`},
		{"float8", "'-Infinity'", `"-Infinity"`},
		{"numeric", "-12345678901234567890.10", `-12345678901234567890.10`},
		{"numeric", "'NaN'", `"NaN"`},
		{"timestamptz", "'2026-03-01 12:30:00.25+05:30'", `"2026-03-01T07:00:00.25Z"`},
		{"timestamptz", "'infinity'", `"infinity"`},
		{"timestamptz", "'0044-03-15 12:00:00+00 BC'", `"0044-03-15 12:00:00+00 BC"`},
		{"timestamp", "'2026-03-01 12:30:00'", `"2026-03-01T12:30:00"`},
		{"date", "'2026-03-01'", `"2026-03-01"`},
		{"time", "'12:30:00.5'", `"12:30:00.5"`},
		{"interval", "'1 day 2 hours'", `"1 day 02:00:00"`},
		{"uuid", "'5a0c0d7e-8f1b-4c39-8f9e-0a4f3f6f1b2c'", `"5a0c0d7e-8f1b-4c39-8f9e-0a4f3f6f1b2c"`},
		{"bytea", `'\x00ff'`, `"\\x00ff"`},
		{"json", `'{ "a" : [1, 2.50, "<"] ,` + "\n" + ` "a": 1e400 }'`, `{"a":[1,2.50,"<"],"a":1e400}`},
		{"jsonb", `'"kind"'`, `"kind"`},
		{"text", `E'\u2028\u0001<>&'`, "\"\\u2028\\u0001<>&\""},
		{"int[]", "'{1,null,3}'", `[1,null,3]`},
		{"int[]", "'{}'", `[]`},
		{"int[]", "'{{1,2,3},{4,5,6}}'", `[[1,2,3],[4,5,6]]`},
		{"text[]", `'{"a,b",NULL,"NULL","c\"d"}'`, `["a,b",null,"NULL","c\"d"]`},
		{"timestamptz[]", "'{2026-03-01 12:30:00+00,infinity}'", `["2026-03-01T12:30:00Z","infinity"]`},
		{"bool[]", "'{t,f}'", `[true,false]`},
		{"jsonb[]", `array['{"a": 1}'::jsonb]`, `[{"a":1}]`},
		{"mood", "'glad'", `"glad"`},
		{"mood[]", "'{glad,sad}'", `"{glad,sad}"`},
		{"positive", "7", `"7"`},
		{"int4range", "'[1,5)'", `"[1,5)"`},
		{"point", "'(1,2)'", `"(1,2)"`},
		{"inet", "'10.0.0.1'", `"10.0.0.1"`},
	}
	stop := s.start(t, s.toFile(), io.Discard)
	for _, test := range types {
		s.exec(t, "drop table typed; create table typed (v "+test.sqlType+"); alter publication "+s.name+" add table typed")
		s.exec(t, "insert into typed values ("+test.literal+")")
	}
	s.waitForCommits(t, len(types))
	stop()

	changes := changesOf(s.content(t))
	require.Len(t, changes, len(types))
	for i, test := range types {
		t.Run(test.sqlType+" "+test.literal, func(t *testing.T) {
			require.Equal(t, `{"kind":"insert","schema":"public","table":"typed","new":{"v":`+test.want+`}}`, changes[i])
		})
	}
}
