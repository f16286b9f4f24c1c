package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/scenarios/servers/serverstest"
)

// ended is a command that has ended.
type ended struct {
	code           int
	stdout, stderr string
}

// command is onceover with these arguments, in a folder and an environment of
// its own.
func command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "onceover", args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "DOCKER_HOST=" + os.Getenv("DOCKER_HOST")}, env...)
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// complete runs a command to its end.
func complete(t *testing.T, cmd *exec.Cmd) ended {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	return endOf(t, cmd.Run(), &stdout, &stderr)
}

func endOf(t *testing.T, err error, stdout, stderr *bytes.Buffer) ended {
	t.Helper()
	e := ended{stdout: stdout.String(), stderr: stderr.String()}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		e.code = exit.ExitCode()
	case err != nil:
		t.Fatal(err)
	}
	return e
}

func (e ended) want(t *testing.T, code int) {
	t.Helper()
	if e.code != code {
		t.Fatalf("exit code %d, want %d\nstdout:\n%s\nstderr:\n%s", e.code, code, e.stdout, e.stderr)
	}
}

// watched is a command that runs, and whose standard error is being read.
type watched struct {
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
	mu             sync.Mutex
	grown          chan struct{} // something was written
	ended          chan struct{}
	err            error // of a command that has ended
}

func watch(t *testing.T, cmd *exec.Cmd) *watched {
	t.Helper()
	w := &watched{cmd: cmd, grown: make(chan struct{}, 1), ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &w.stdout, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		w.err = cmd.Wait()
		close(w.ended)
	}()
	return w
}

// Write takes standard error.
func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stderr.Write(p)
	select {
	case w.grown <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (w *watched) said() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stderr.String()
}

// tooLate ends a command that does not do what it should. How long it takes is the machine's
// affair, so that is shortly before the tests would be ended.
func (w *watched) tooLate(t *testing.T) <-chan time.Time {
	deadline, ok := t.Deadline()
	if !ok {
		deadline = time.Now().Add(5 * time.Minute)
	}
	return time.After(time.Until(deadline) - 30*time.Second)
}

func (w *watched) giveUp(t *testing.T, what string) {
	t.Helper()
	_ = w.cmd.Process.Kill() // it may just have ended
	<-w.ended
	t.Fatalf("never: %s\n%s", what, w.said())
}

// saying waits until a text stands on standard error. A command that ends without it has failed.
func (w *watched) saying(t *testing.T, text string) {
	t.Helper()
	late := w.tooLate(t)
	for !strings.Contains(w.said(), text) {
		select {
		case <-w.grown:
		case <-w.ended:
			if !strings.Contains(w.said(), text) {
				w.giveUp(t, "it says "+text)
			}
		case <-late:
			w.giveUp(t, "it says "+text)
		}
	}
}

// until waits for something that the command brings about elsewhere.
func (w *watched) until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for late := w.tooLate(t); !is(); {
		select {
		case <-time.After(time.Millisecond):
		case <-w.ended:
			if !is() {
				w.giveUp(t, what)
			}
			return
		case <-late:
			w.giveUp(t, what)
		}
	}
}

// interrupt is Ctrl-C.
func (w *watched) interrupt(t *testing.T) ended {
	t.Helper()
	if err := w.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	return w.wait(t)
}

func (w *watched) wait(t *testing.T) ended {
	t.Helper()
	select {
	case <-w.ended:
	case <-w.tooLate(t):
		w.giveUp(t, "it ends")
	}
	return endOf(t, w.err, &w.stdout, &w.stderr)
}

// redisPassword is that of the user "loader" of the Redis server of the tests.
const redisPassword = "geheim-redis"

// dbs are real servers that demand passwords.
type dbs struct {
	redis    *redis.Client
	redisURL string
	mysql    *mysql.Config
}

func databases(t *testing.T) dbs {
	t.Helper()
	options := serverstest.RedisOptions(t)
	d := dbs{
		redis: redis.NewClient(options), mysql: serverstest.MySQLConfig(t),
		redisURL: "redis://loader:" + redisPassword + "@" + options.Addr,
	}
	t.Cleanup(func() { d.redis.Close() })
	if err := d.redis.ACLSetUser(t.Context(), "loader", "on", ">"+redisPassword, "~*", "&*", "+@all").Err(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.redis.ACLDelUser(context.Background(), "loader") })
	return d
}

func (d dbs) env() []string {
	return []string{"REDIS_URL=" + d.redisURL, "MYSQL_DSN=" + d.mysql.FormatDSN()}
}

// exec runs statements on the MySQL server.
func (d dbs) exec(t *testing.T, statements ...string) {
	t.Helper()
	cfg := d.mysql.Clone()
	cfg.MultiStatements = true
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(context.Background(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// keys is everything that Redis holds.
func (d dbs) keys(t *testing.T) map[string]string {
	t.Helper()
	names, err := d.redis.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]string{}
	for _, name := range names {
		if held[name], err = d.redis.Dump(t.Context(), name).Result(); err != nil {
			t.Fatal(err)
		}
	}
	return held
}

// discreet fails if a text repeats a password.
func (d dbs) discreet(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{redisPassword, d.mysql.Passwd} {
		if strings.Contains(text, secret) {
			t.Errorf("%s repeats a password:\n%s", where, text)
		}
	}
}
