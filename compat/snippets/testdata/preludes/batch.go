package batch

import "github.com/pgadapt/pgadapt"

var (
	rows    = pgadapt.RowsOf([][]any{{1, "Ann"}, {2, "Bo"}})
	names   = pgadapt.RowsOf([][]any{{"Cy"}, {"Di"}})
	changes = pgadapt.RowsOf([][]any{{1, "Anna"}, {2, "Bob"}})
)
