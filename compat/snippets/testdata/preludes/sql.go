package sql

var (
	ids   = []int{1, 2}
	query string
	value = "it's"
)
