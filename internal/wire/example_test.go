package wire_test

import (
	"fmt"
	"time"

	"github.com/pgadapt/pgadapt/internal/wire"
)

func ExampleParseTimestampTZ() {
	t, infinity, err := wire.ParseTimestampTZ([]byte("2024-03-15 04:05:06.789+05:30"), time.UTC)
	fmt.Println(t, infinity == wire.Finite, err)
	_, _, err = wire.ParseTimestampTZ([]byte("15.03.2024 04:05:06 CET"), time.UTC)
	fmt.Println(err)
	// Output:
	// 2024-03-14 22:35:06.789 +0000 UTC true <nil>
	// cannot read "15.03.2024 04:05:06 CET" as timestamptz: want YYYY-MM-DD HH:MM:SS (the session's DateStyle must be ISO)
}

func ExampleAppendStringLiteral() {
	sql, err := wire.AppendStringLiteral([]byte("select "), `it's C:\`, true)
	fmt.Println(string(sql), err)
	sql, err = wire.AppendStringLiteral([]byte("select "), `it's C:\`, false)
	fmt.Println(string(sql), err)
	// Output:
	// select 'it''s C:\' <nil>
	// select E'it''s C:\\' <nil>
}

func ExampleAppendSeparator() {
	sql := wire.AppendIntLiteral([]byte("select 3 -"), 4)
	sql = append(wire.AppendSeparator(sql, 'a'), "as sum"...)
	fmt.Println(string(sql))
	// Output:
	// select 3 -4 as sum
}

func ExampleTypeName() {
	name, ok := wire.TypeName(1184)
	fmt.Println(name, ok)
	// Output:
	// TIMESTAMPTZ true
}
