package main

import (
	"context"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/compose"
)

// checksum stands for the rows of a chunk, in whatever order.
type checksum struct {
	Rows int64
	Sum  string
}

// checksumOf has the server compute the checksum of a range: the sum of 64 bits of the MD5 of each row's text. MD5 of
// UTF-8 is the same on every version and platform, which PostgreSQL's own hash functions do not promise.
func (t *table) checksumOf(ctx context.Context, db queryer, r keyRange) (checksum, error) {
	query := compose.Format(`
		select count(*) as rows,
		       coalesce(sum(('x' || left(md5(convert_to(row({})::text, 'UTF8')), 16))::bit(64)::bigint), 0)::text as sum
		from {} where {}`, t.copiedNames(), t.identifier(), t.condition(r)).String()
	return pgadapt.One[checksum](db.QueryContext(ctx, query))
}
