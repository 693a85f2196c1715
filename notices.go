package pgadapt

import "github.com/jackc/pgx/v5/pgconn"

// maxNotices is the number of notices that a connection remembers, as in psycopg2.
const maxNotices = 50

// notices remembers the last notices of a connection, oldest first.
type notices struct{ kept []*pgconn.Notice }

// recording adds the notices to what is done about a notice of the server.
func (n *notices) recording(next pgconn.NoticeHandler) pgconn.NoticeHandler {
	return func(pg *pgconn.PgConn, notice *pgconn.Notice) {
		n.add(notice)
		if next != nil {
			next(pg, notice)
		}
	}
}

func (n *notices) add(notice *pgconn.Notice) {
	if len(n.kept) == maxNotices {
		copy(n.kept, n.kept[1:])
		n.kept = n.kept[:maxNotices-1]
	}
	n.kept = append(n.kept, notice)
}

// forget is called when the connection goes to another user of the pool.
func (n *notices) forget() { n.kept = nil }
