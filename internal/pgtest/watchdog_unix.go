//go:build unix

package pgtest

import (
	"io"
	"os/exec"
	"strconv"
	"sync"
)

// watchdog is a process that ends a server when this process dies, however that happens: the kernel
// then closes the pipe that is the watchdog's standard input.
type watchdog struct {
	cmd  *exec.Cmd
	pipe io.Closer
}

// watchdogScript waits for the end of its input, then stops the server $1 and removes its folder $2. A
// server that has ended has removed postmaster.pid; one that has not within some seconds is killed.
const watchdogScript = `
while read -r line; do :; done
kill -QUIT "$1"
tries=60
while [ -e "$2/data/postmaster.pid" ] && [ "$tries" -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
if [ "$tries" -eq 0 ]; then kill -KILL "$1"; sleep 1; fi
rm -rf "$2"`

// onWatch keeps the watchdogs, and with them their pipes, from being collected as garbage while their
// servers run.
var onWatch sync.Map

func startWatchdog(account account, pid int, dir string) (*watchdog, error) {
	cmd := exec.Command("/bin/sh", "-c", watchdogScript, "pgtest-watchdog", strconv.Itoa(pid), dir)
	cmd.Dir = "/"
	account.apply(cmd)
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	w := &watchdog{cmd: cmd, pipe: pipe}
	onWatch.Store(w, nil)
	return w, nil
}

// dismiss ends the watchdog without harm to the server.
func (w *watchdog) dismiss() {
	w.cmd.Process.Kill()
	w.cmd.Wait()
	w.pipe.Close()
	onWatch.Delete(w)
}
