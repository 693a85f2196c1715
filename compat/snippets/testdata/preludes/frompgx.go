package frompgx

import "context"

func token(context.Context) (string, error) { return "a token", nil }
