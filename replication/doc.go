// Package replication streams the changes of a PostgreSQL server: the rows that were inserted, updated and deleted
// (logical replication), or the write-ahead log itself (physical replication). It is what psycopg2 has in
// LogicalReplicationConnection and PhysicalReplicationConnection, and decodes the plugin pgoutput besides.
//
// # A change feed
//
// The server needs wal_level = logical, and a publication that says which tables to stream:
//
//	CREATE PUBLICATION shop FOR TABLE orders, items;
//
// A slot keeps the place of one consumer. It is created once, after the publication, and then streamed from:
//
//	session, err := replication.Connect(ctx, config, replication.Logical)
//	…
//	stream, err := session.StartLogical(ctx, replication.LogicalOptions{
//		Slot:     "feed",
//		PgOutput: &replication.PgOutput{Publications: []string{"shop"}},
//	})
//	…
//	for message, err := range stream.Messages(ctx) {
//		if err != nil {
//			return err
//		}
//		switch change := message.Change.(type) {
//		case *replication.Insert:
//			handle(change.Relation.Name, change.New.Map())
//		case *replication.Commit:
//			if err := stream.Acknowledge(message.End()); err != nil {
//				return err
//			}
//		}
//	}
//
// # What is delivered, and how often
//
// Each transaction at least once, and once it was acknowledged not again, across cuts of the network, restarts of the
// server and of the program; see [Stream]. A cut is noticed, the stream connects again by itself and goes on with what was
// not acknowledged; [Message].Resumed marks the place.
//
// A slot keeps WAL until it is acknowledged: a slot that nobody streams from fills the server's disk. Drop it, or limit it
// with max_slot_wal_keep_size. A stream that is read moves on also where the WAL has nothing for it. A server that is shut
// down waits until everything was acknowledged.
//
// # Time
//
// Between two messages a program may take as long as it likes: another goroutine tells the server meanwhile that it is
// alive, at least three times in each wal_sender_timeout. What is not read yet waits on the server, so that memory stays
// bounded by the longest message.
//
// # Protocol
//
// The commands, and the messages within the stream, are those of PostgreSQL's documentation, "Streaming Replication
// Protocol" and "Logical Streaming Replication Protocol"; the messages of pgoutput those of "Logical Replication Message
// Formats", versions 1 to 4.
package replication
