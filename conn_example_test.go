package pgadapt_test

import (
	"context"
	"fmt"

	"github.com/pgadapt/pgadapt"
)

// Raw leads from database/sql to the session below it, here for a text that is written for this very connection.
func ExampleConn() {
	db := openExample()
	defer db.Close()
	conn, err := db.Conn(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()

	err = conn.Raw(func(driverConn any) error {
		session := driverConn.(pgadapt.Conn)
		text, err := session.Mogrify("comment on role ann is $1", "it's her")
		fmt.Println(text, session.PgConn().ParameterStatus("client_encoding"))
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: comment on role ann is 'it''s her' UTF8
}
