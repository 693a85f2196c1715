package pgtest

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// cluster is a database cluster (PostgreSQL docs, chapter "Server Setup and Operation") in a temporary
// folder, with the server that runs on it.
type cluster struct {
	installation installation
	account      account
	dir          string // the temporary folder, which holds everything else
	port         int
	watchdog     *watchdog

	mu       sync.Mutex
	finalLog string // the log, once the folder is gone
}

func (c *cluster) dataDir() string { return filepath.Join(c.dir, "data") }
func (c *cluster) logFile() string { return filepath.Join(c.dir, "postgresql.log") }

// portAttempts is how often a start is tried when another process takes the free port first.
const portAttempts = 3

// startCluster makes a cluster with the programs of an installation and starts a server on it.
func startCluster(ctx context.Context, programs installation, origin string, opts Options) (_ *Server, err error) {
	c, err := newCluster(ctx, programs)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(c.dir)
		}
	}()
	return c.serve(ctx, origin, opts.Settings)
}

// serve starts a server on the cluster.
func (c *cluster) serve(ctx context.Context, origin string, settings map[string]string) (*Server, error) {
	if err := c.startServer(ctx, settings); err != nil {
		return nil, err
	}
	return NewServer(ServerSpec{
		DSN:       fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", c.port),
		Version:   c.installation.version,
		Origin:    origin,
		SocketDir: c.socketDir(),
		LogFile:   c.logFile(),
		Log:       c.log,
		Stop:      c.stop,
		Crash:     c.crash,
		Restart:   c.restart,
	})
}

// newCluster makes the temporary folder and runs initdb in it.
func newCluster(ctx context.Context, programs installation) (_ *cluster, err error) {
	account, err := serverAccount()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pgadapt-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	if err := account.own(dir); err != nil {
		return nil, err
	}
	c := &cluster{installation: programs, account: account, dir: dir}
	return c, c.initialize(ctx)
}

// initialize runs initdb. Locale C is the one that every platform has; it also keeps messages English.
func (c *cluster) initialize(ctx context.Context) error {
	return c.run(ctx, "initdb", "--pgdata", c.dataDir(), "--username", "postgres", "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C", "--no-sync")
}

func (c *cluster) startServer(ctx context.Context, settings map[string]string) error {
	var err error
	for range portAttempts {
		if c.port, err = freePort(); err != nil {
			return err
		}
		if err = c.configure(settings); err != nil {
			return err
		}
		err = c.run(ctx, "pg_ctl", "start", "--wait", "--timeout", "60", "--silent",
			"--pgdata", c.dataDir(), "--log", c.logFile())
		if err == nil {
			return c.watch()
		}
		if !strings.Contains(c.log(), "could not bind") {
			break
		}
	}
	return fmt.Errorf("%w\nserver log:\n%s", err, c.log())
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// watch sees to it that the server ends with this process.
func (c *cluster) watch() error {
	pid, err := c.serverPID()
	if err != nil {
		return err
	}
	c.watchdog, err = startWatchdog(c.account, pid, c.dir)
	if err != nil {
		c.shutDown()
	}
	return err
}

// serverPID reads the server's process ID, which is the first line of postmaster.pid.
func (c *cluster) serverPID() (int, error) {
	content, err := os.ReadFile(filepath.Join(c.dataDir(), "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(content), "\n")
	return strconv.Atoi(strings.TrimSpace(first))
}

// stop ends the server and removes its folder, of which it keeps the log.
func (c *cluster) stop() error {
	c.watchdog.dismiss()
	return c.remove(c.shutDown())
}

// crash is stop without a word to the clients, and without a checkpoint.
func (c *cluster) crash() error {
	c.watchdog.dismiss()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return c.remove(c.stopImmediately(ctx))
}

// restart shuts the server down, in a mode of pg_ctl, and starts it again on the same port.
func (c *cluster) restart(ctx context.Context, mode string) error {
	c.watchdog.dismiss()
	err := c.run(ctx, "pg_ctl", "restart", "--mode", mode, "--wait", "--timeout", "60", "--silent",
		"--pgdata", c.dataDir(), "--log", c.logFile())
	if err != nil {
		return err
	}
	return c.watch()
}

// remove removes the folder of an ended server. err is what its end has given.
func (c *cluster) remove(err error) error {
	log := c.log()
	c.mu.Lock()
	c.finalLog = log
	c.mu.Unlock()
	if removeErr := os.RemoveAll(c.dir); err == nil {
		err = removeErr
	}
	return err
}

// shutDown has a context of its own, so that a server is ended whatever became of the caller's.
func (c *cluster) shutDown() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	fast := c.run(ctx, "pg_ctl", "stop", "--mode", "fast", "--timeout", "20", "--silent", "--pgdata", c.dataDir())
	if fast == nil {
		return nil
	}
	return c.stopImmediately(ctx)
}

func (c *cluster) stopImmediately(ctx context.Context) error {
	return c.run(ctx, "pg_ctl", "stop", "--mode", "immediate", "--timeout", "20", "--silent", "--pgdata", c.dataDir())
}

func (c *cluster) log() string {
	content, err := os.ReadFile(c.logFile())
	if err == nil {
		return string(content)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.finalLog
}
