package compose

var (
	email      = "ann@example.com"
	table      = "users"
	columns    = []string{"id", "name"}
	ids        = []any{1, 2, 3}
	name       = "Ann"
	minimumAge = 18
	rows       = [][]any{{1, "Ann"}, {2, "Bo"}}
	values     = []any{"Ann", 30}
	id         = 1
	r          form
)

type form struct{}

func (form) FormValue(string) string { return "newest" }
