package workload

import (
	"context"
	"database/sql"
	"time"
)

// selectInt is the smallest query that has an argument and a result.
const selectInt = "select $1::int8"

// answer is the argument of selectInt.
const answer = int64(42)

// singleRow is queries for one row: what a round trip costs, whatever it carries.
func singleRow() []Workload {
	dropInt := dropAll(selectInt, []byte("42"))
	return []Workload{
		{Name: "single/int-prepared", SQL: prepareInt, Wire: dropInt},
		{Name: "single/int-adhoc", SQL: adHocInt, Wire: dropInt},
		{Name: "single/int-deadline", SQL: underDeadline(adHocInt), Wire: underDeadline(dropInt)},
		{
			Name:   "single/ten-columns",
			Tables: []string{mixedTable},
			SQL:    oneMixed,
			Wire:   dropAll(selectMixed+" where id = $1", []byte("42")),
		},
	}
}

// prepareInt runs a sql.Stmt.
func prepareInt(ctx context.Context, session *SQLSession) (Operation, error) {
	stmt, err := session.DB.PrepareContext(ctx, selectInt)
	if err != nil {
		return nil, err
	}
	session.onClose(stmt.Close)
	var value int64
	return func(ctx context.Context, checksum *Checksum) error {
		return scanRow(stmt.QueryRowContext(ctx, answer), checksum, &value)
	}, nil
}

// adHocInt gives the text with each query.
func adHocInt(_ context.Context, session *SQLSession) (Operation, error) {
	var value int64
	return func(ctx context.Context, checksum *Checksum) error {
		return scanRow(session.DB.QueryRowContext(ctx, selectInt, answer), checksum, &value)
	}, nil
}

// underDeadline gives each operation a context of its own that can end.
func underDeadline[S any](prepare func(context.Context, S) (Operation, error)) func(context.Context, S) (Operation, error) {
	return func(ctx context.Context, session S) (Operation, error) {
		run, err := prepare(ctx, session)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, checksum *Checksum) error {
			ctx, stop := context.WithTimeout(ctx, time.Minute)
			defer stop()
			return run(ctx, checksum)
		}, nil
	}
}

// mixed is a row with the types that business tables are made of.
type mixed struct {
	ID      int64          `db:"id"`
	Owner   int32          `db:"owner"`
	Rank    int16          `db:"rank"`
	Price   float64        `db:"price"`
	Name    string         `db:"name"`
	Active  bool           `db:"active"`
	Created time.Time      `db:"created"`
	Key     string         `db:"key"`
	Blob    []byte         `db:"blob"`
	Note    sql.NullString `db:"note"`
}

func (m *mixed) destinations() []any {
	return []any{&m.ID, &m.Owner, &m.Rank, &m.Price, &m.Name, &m.Active, &m.Created, &m.Key, &m.Blob, &m.Note}
}

const mixedTable = `
	create table ` + Schema + `.mixed as
	select i as id, (i * 7919 % 100000)::int4 as owner, (i % 100)::int2 as rank, i * 1.25::float8 as price,
		'product number ' || i as name, i % 2 = 0 as active,
		timestamptz '2024-01-01 00:00:00+00' + i * interval '1.000001 hours' as created,
		md5(i::text)::uuid as key, decode(md5(i::text), 'hex') as blob,
		case when i % 3 = 0 then 'note ' || i end as note
	from generate_series(0::int8, 999) as i;
	alter table ` + Schema + `.mixed add primary key (id)`

const selectMixed = "select id, owner, rank, price, name, active, created, key, blob, note from " + Schema + ".mixed"

func oneMixed(_ context.Context, session *SQLSession) (Operation, error) {
	row := &mixed{}
	destinations := row.destinations()
	return func(ctx context.Context, checksum *Checksum) error {
		return scanRow(session.DB.QueryRowContext(ctx, selectMixed+" where id = $1", answer), checksum, destinations...)
	}, nil
}
