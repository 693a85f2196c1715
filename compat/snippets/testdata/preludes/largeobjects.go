package largeobjects

import (
	"io"
	"strings"
)

var (
	file   = strings.NewReader("all of film")
	writer = io.Discard
)
