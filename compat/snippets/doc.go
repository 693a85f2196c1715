// Package snippets compiles and runs every Go snippet of docs/ and of the README files.
//
// A page is a program: its blocks run from the top to the bottom, in a database of the program's own, and what they do not
// declare is declared by the page's prelude, testdata/preludes/PAGE.go and PAGE.sql, and for all pages alike by ctx, db,
// tx, conn, config, err and stop. It is here in compat/ for the other drivers that the pages about them import; the module
// otel comes by go.work.
//
// What holds of a block:
//
//   - It is a file, declarations or statements, with imports before them where the page shows them; what is not imported
//     is found by the names in imports.go.
//   - An error that is assigned and not looked at fails the test, so that a page need not say "if err != nil" each time.
//     An error that is not even assigned is refused.
//   - What it prints is compared with a comment "// Output:" at its end.
//   - A connection string in a call that opens something is led to the test's server; its other settings are kept.
//
// A comment in the line before a block says what is special, several things with semicolons between them:
//
//	<!-- snippet: not run: REASON -->       it is compiled only
//	<!-- snippet: from go1.27 -->           it runs from that version of Go on, and is compiled on every one
//	<!-- snippet: with lib/pq -->           it runs in a program that links lib/pq; likewise pgx/stdlib
//
// A loop over messages ends when the prelude calls stop, which ends the context of the block. A prelude that has a
// function background has it run beside each block.
package snippets
