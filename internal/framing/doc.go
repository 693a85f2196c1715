// Package framing checks what a server sends before it is decoded: the frame of each message (PostgreSQL
// documentation, "Message Formats"), not its contents. pgproto3 believes a length as soon as it has read it, pgconn
// keeps every parameter that a server reports, and both expect messages in the order in which PostgreSQL sends them. A
// server that is broken or hostile must cost an error, not the memory of the program or a panic.
//
// The messages are handed on to who reads them, and those of one type, such as rows, may be taken where they lie.
package framing
