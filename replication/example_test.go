package replication_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/replication"
)

// exampleConfig gives the configuration of the test server, on which it runs statements first.
func exampleConfig(statements ...string) (*pgadapt.Config, *sql.DB) {
	config, err := pgadapt.ParseConfig(pgtest.ExampleDSN())
	if err != nil {
		log.Fatal(err)
	}
	db := sql.OpenDB(pgadapt.NewConnector(config))
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			log.Fatal(err)
		}
	}
	return config, db
}

// A change feed: what happens to the tables of a publication, transaction by transaction.
func Example() {
	config, db := exampleConfig(
		"create table orders (id int primary key, article text, pieces int)",
		"create publication shop for table orders",
	)
	defer db.Close()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()

	session, err := replication.Connect(ctx, config, replication.Logical)
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()
	// A slot for good is created once, and without Temporary.
	_, err = session.CreateSlot(ctx, "example_feed", replication.SlotOptions{Plugin: "pgoutput", Temporary: true})
	if err != nil {
		log.Fatal(err)
	}
	stream, err := session.StartLogical(ctx, replication.LogicalOptions{
		Slot:     "example_feed",
		PgOutput: &replication.PgOutput{Publications: []string{"shop"}},
	})
	if err != nil {
		log.Fatal(err)
	}

	_, err = db.Exec(`insert into orders values (1, 'apple', 3), (2, 'pear', 1);
		update orders set pieces = 5 where id = 1;
		delete from orders where id = 2`)
	if err != nil {
		log.Fatal(err)
	}

	for message, err := range stream.Messages(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		switch change := message.Change.(type) {
		case *replication.Insert:
			fmt.Println("insert into", change.Relation.Name, change.New.Map())
		case *replication.Update:
			var pieces int
			if err := change.New.Scan("pieces", &pieces); err != nil {
				log.Fatal(err)
			}
			fmt.Println("update", change.Identity().Map(), "to", pieces, "pieces")
		case *replication.Delete:
			fmt.Println("delete", change.Identity().Map())
		case *replication.Commit:
			// The effects are safe: the server may forget the transaction.
			if err := stream.Acknowledge(message.End()); err != nil {
				log.Fatal(err)
			}
			return
		}
	}
	// Output:
	// insert into orders map[article:apple id:1 pieces:3]
	// insert into orders map[article:pear id:2 pieces:1]
	// update map[id:1] to 5 pieces
	// delete map[id:2]
}

// The text of another plugin is the message's Data.
func ExampleSession_StartLogical_testDecoding() {
	config, db := exampleConfig("create table notes (id int primary key, note text)")
	defer db.Close()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	session, err := replication.Connect(ctx, config, replication.Logical)
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()
	_, err = session.CreateSlot(ctx, "example_text", replication.SlotOptions{Plugin: "test_decoding", Temporary: true})
	if err != nil {
		log.Fatal(err)
	}
	stream, err := session.StartLogical(ctx, replication.LogicalOptions{
		Slot:          "example_text",
		PluginOptions: []replication.PluginOption{{Name: "include-xids", Value: "off"}, {Name: "skip-empty-xacts", Value: "on"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := db.Exec("insert into notes values (1, 'hello')"); err != nil {
		log.Fatal(err)
	}
	for message, err := range stream.Messages(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(message.Data))
		if strings.HasPrefix(string(message.Data), "COMMIT") {
			return
		}
	}
	// Output:
	// BEGIN
	// table public.notes: INSERT: id[integer]:1 note[text]:'hello'
	// COMMIT
}

// The WAL itself, from now on.
func ExampleSession_StartPhysical() {
	config, db := exampleConfig()
	defer db.Close()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	session, err := replication.Connect(ctx, config, replication.Physical)
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()
	system, err := session.IdentifySystem(ctx)
	if err != nil {
		log.Fatal(err)
	}
	stream, err := session.StartPhysical(ctx, replication.PhysicalOptions{StartLSN: system.FlushLSN, Timeline: system.Timeline})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := db.Exec("create table written_to_the_wal ()"); err != nil {
		log.Fatal(err)
	}
	for message, err := range stream.Messages(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(message.WALStart == system.FlushLSN, message.End() == message.WALStart+replication.LSN(len(message.Data)))
		return
	}
	// Output: true true
}

// What other programs keep as text.
func ExampleParseLSN() {
	stored, err := replication.ParseLSN("16/B374D848")
	fmt.Println(stored, uint64(stored), err)
	_, err = replication.ParseLSN("16")
	fmt.Println(err)
	// Output:
	// 16/B374D848 97500059720 <nil>
	// replication: "16" is not an LSN: it must look like 16/B374D848
}

// pgoutput without a stream: the function gives what a stream would send.
func ExampleDecoder() {
	_, db := exampleConfig(
		"create table stock (id int primary key, article text)",
		"create publication warehouse for table stock",
	)
	defer db.Close()
	conn, err := db.Conn(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	for _, statement := range []string{
		"select pg_create_logical_replication_slot('example_sql', 'pgoutput', true)",
		"set synchronous_commit = on", // the function gives what is on the disk
		"insert into stock values (1, 'apple')",
	} {
		if _, err := conn.ExecContext(context.Background(), statement); err != nil {
			log.Fatal(err)
		}
	}
	rows, err := conn.QueryContext(context.Background(), `select data from pg_logical_slot_get_binary_changes(
		'example_sql', null, null, 'proto_version', '1', 'publication_names', 'warehouse')`)
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close()
	var decoder replication.Decoder
	for rows.Next() {
		var data []byte
		if err := rows.Scan(&data); err != nil {
			log.Fatal(err)
		}
		change, err := decoder.Decode(data)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%T\n", change)
	}
	fmt.Println(rows.Err())
	// Output:
	// *replication.Begin
	// *replication.Relation
	// *replication.Insert
	// *replication.Commit
	// <nil>
}
