package observability

import "os"

var dsn = os.Getenv("DATABASE_URL")
