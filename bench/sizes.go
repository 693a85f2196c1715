package main

import (
	"context"
	"io"

	"github.com/pgadapt/pgadapt/bench/size"
)

// sizes prints what drivers add to a program, with both Go versions, and writes it into the folder of documents if there
// is one. It needs no server.
func sizes(ctx context.Context, folder string, out io.Writer) error {
	newest, oldest := toolchains()
	var comparisons []size.Comparison
	for _, toolchain := range []string{newest, oldest} {
		comparison, err := size.Compare(ctx, toolchain)
		if err != nil {
			return err
		}
		if err := comparison.Write(out); err != nil {
			return err
		}
		comparisons = append(comparisons, comparison)
	}
	if folder == "" {
		return nil
	}
	return size.Record(folder, comparisons)
}
