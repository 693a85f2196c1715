package auth

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

func token(context.Context) (string, error) { return "a token", nil }

var issuer tokens

type tokens struct{}

func (tokens) Token(ctx context.Context) (string, error) { return token(ctx) }

// gopgkrb5 stands for the library.
var gopgkrb5 kerberos

type kerberos struct{}

func (kerberos) NewGSS() (pgconn.GSS, error) { return nil, errors.New("no Kerberos here") }
