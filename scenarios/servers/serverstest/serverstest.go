// Package serverstest gives tests real servers, one of each kind for all tests of
// a package, started when the first test asks for them.
//
// Without a Docker engine such a test is skipped, and under CI (the variable
// CI is set) it fails: what was not tested has not passed. Every test that got
// a server, or went without, is noted in the file that ONCEOVER_LIVE_LOG names,
// so that whoever runs many packages can say how many there were.
//
//	func TestMain(m *testing.M) { os.Exit(serverstest.Main(m)) }
//
//	func TestSomething(t *testing.T) {
//		client := serverstest.Redis(t)
//		...
//	}
package serverstest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/scenarios/servers"
)

var (
	mu      sync.Mutex
	engine  *servers.Engine
	noted   = map[string]bool{}
	started []*servers.Server

	redisOnce = sync.OnceValues(startRedis)
	mysqlOnce = sync.OnceValues(startMySQL)
)

// Main runs the tests of a package and removes the servers that they used.
func Main(m *testing.M) int {
	code := m.Run()
	var errs []error
	for _, s := range started {
		errs = append(errs, s.Remove(context.Background()))
	}
	if engine != nil {
		errs = append(errs, engine.Close(context.Background()))
	}
	if err := errors.Join(errs...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}

// dial reaches the engine unless an earlier call did.
func dial() error {
	if engine != nil {
		return nil
	}
	e, err := servers.Dial(context.Background(), nil)
	if err == nil {
		engine = e
	}
	return err
}

// watchSocket makes the engine's socket one of the files that go test compares
// before it repeats a result from its cache: what was left out without an engine
// has to run once there is one. go test compares only files of the module, and
// goes by the text of their paths, so this one begins in the package's folder. An
// engine that is reached by TCP has no file.
func watchSocket() {
	socket, _ := strings.CutPrefix(cmp.Or(os.Getenv("DOCKER_HOST"), "unix:///var/run/docker.sock"), "unix://")
	if folder, err := os.Getwd(); err == nil && filepath.IsAbs(socket) {
		_, _ = os.Stat(folder + strings.Repeat("/..", strings.Count(folder, "/")+16) + socket)
	}
}

// Engine returns the Docker engine, or ends the test.
func Engine(t testing.TB) *servers.Engine {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	watchSocket()
	if err := dial(); err != nil {
		LeaveOut(t, err.Error())
	}
	note(t, "ran")
	return engine
}

// LeaveOut ends a test that lacks something that it needs.
func LeaveOut(t testing.TB, why string) {
	t.Helper()
	note(t, "left out")
	if os.Getenv("CI") != "" {
		t.Fatalf("CI is set, and this test lacks what it needs: %s", why)
	}
	t.Skipf("LEFT OUT: %s", why)
}

// note writes a line about a test, once.
func note(t testing.TB, what string) {
	name, _, _ := strings.Cut(t.Name(), "/")
	if noted[what+name] {
		return
	}
	noted[what+name] = true
	log(what, name)
}

func log(what, name string) {
	path := os.Getenv("ONCEOVER_LIVE_LOG")
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err) // who counts must not miscount
	}
	defer f.Close()
	fmt.Fprintln(f, what, name)
}

func startRedis() (addr string, err error) {
	s, err := engine.StartRedis(context.Background(), os.Getenv("REDIS_IMAGE"), "")
	if err != nil {
		return "", err
	}
	keep(s)
	return s.Addr()
}

// unsynced are settings of a MySQL that never waits for the disk: tests make thousands of tables. A
// loss of power would take something; the end of its process does not.
var unsynced = []string{
	"--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync", "--innodb-doublewrite=OFF", "--sync-binlog=0",
}

func startMySQL() (*mysql.Config, error) {
	s, cfg, err := engine.StartMySQL(context.Background(), os.Getenv("MYSQL_IMAGE"), unsynced...)
	if err != nil {
		return nil, err
	}
	keep(s)
	cfg.Addr, err = s.Addr()
	return cfg, err
}

func keep(s *servers.Server) {
	mu.Lock()
	defer mu.Unlock()
	started = append(started, s)
}

// RedisOptions returns the address of an empty Redis without persistence.
func RedisOptions(t testing.TB) *redis.Options {
	t.Helper()
	Engine(t)
	addr, err := redisOnce()
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1})
	defer client.Close()
	if err := client.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	return &redis.Options{Addr: addr}
}

// MySQLConfig returns the address of a MySQL with an empty database of the
// test's own.
func MySQLConfig(t testing.TB) *mysql.Config {
	t.Helper()
	Engine(t)
	cfg, err := mysqlOnce()
	if err != nil {
		t.Fatal(err)
	}
	admin, err := servers.OpenMySQL(cfg, cfg.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	cfg = cfg.Clone()
	cfg.DBName = "test_" + fmt.Sprint(len(noted)) + "_" + strings.ToLower(strings.Map(letters, t.Name()))
	cfg.DBName = cfg.DBName[:min(len(cfg.DBName), 60)]
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + cfg.DBName, "CREATE DATABASE " + cfg.DBName} {
		if _, err := admin.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return cfg
}

func letters(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return '_'
}

// Process is the id of a started server's process, Redis or MySQL, 0 if this host does
// not know it.
func Process(t testing.TB, name string) int {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	for _, s := range started {
		if s.Name() == name {
			id, err := s.Process(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
	}
	return 0
}
