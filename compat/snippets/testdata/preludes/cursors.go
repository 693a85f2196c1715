package cursors

import "time"

type User struct {
	ID        int
	Name      string
	CreatedAt time.Time
}

var (
	day    = time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	season = 2024
)
