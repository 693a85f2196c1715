//go:build !unix

package pgtest

import "os/exec"

// account is the operating system user that runs the server: always the current one here. pg_ctl itself
// gives up an administrator's rights on Windows.
type account struct{}

func serverAccount() (account, error) { return account{}, nil }

func (account) apply(*exec.Cmd) {}

func (account) own(string) error { return nil }
