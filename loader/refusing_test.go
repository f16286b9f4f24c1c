package loader_test

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/loader"
)

// listen serves each connection that comes, until the test ends, and returns the address.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
	return listener.Addr().String()
}

// redisThatAnswers is a server that gives each command the same answer, but says
// of itself that it is Redis if it is to be one.
func redisThatAnswers(t *testing.T, answer string) *redis.Options {
	return &redis.Options{DialerRetries: 1, Addr: listen(t, func(conn net.Conn) {
		for r := bufio.NewReader(conn); ; {
			words, err := readCommand(r)
			if err != nil {
				return
			}
			if answer == "" && strings.EqualFold(words[0], "INFO") {
				const info = "redis_version:8.0.0\r\n"
				fmt.Fprintf(conn, "$%d\r\n%s\r\n", len(info), info)
				continue
			}
			fmt.Fprintf(conn, "-%s\r\n", cmp.Or(answer, "ERR unknown command"))
		}
	})}
}

func readCommand(r *bufio.Reader) (words []string, err error) {
	length := func(mark string) int {
		line, failed := r.ReadString('\n')
		n, wrong := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(line, mark), "\r\n"))
		err = errors.Join(err, failed, wrong)
		return n
	}
	for range length("*") {
		word := make([]byte, length("$")+2)
		if _, failed := io.ReadFull(r, word); failed != nil {
			return nil, failed
		}
		words = append(words, string(word[:len(word)-2]))
	}
	if err == nil && len(words) == 0 {
		err = io.ErrUnexpectedEOF
	}
	return words, err
}

// mysqlThatRefuses is a server that greets with an error.
func mysqlThatRefuses(t *testing.T, number uint16, text string) *mysql.Config {
	cfg := mysql.NewConfig()
	cfg.User, cfg.DBName, cfg.Net = "me", "shop", "tcp"
	cfg.Addr = listen(t, func(conn net.Conn) {
		body := append([]byte{0xff, byte(number), byte(number >> 8)}, text...)
		conn.Write(append([]byte{byte(len(body)), 0, 0, 0}, body...))
		io.Copy(io.Discard, conn)
	})
	return cfg
}

// refused is a load that some server refuses; what it waits is added up.
func refused(t *testing.T, options *redis.Options, source *mysql.Config) (told []error, waited time.Duration, err error) {
	t.Helper()
	db, err := loader.OpenMySQL(source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	client := loader.OpenRedis(options, defaultStrategy)
	defer client.Close()
	_, err = loader.LoadTogether(t.Context(), loader.Config{
		Job: loader.Job{Table: "t", List: "list"}, Strategy: defaultStrategy, Redis: client, DB: db, Workers: 1, Token: "token",
		Patience: 3 * time.Second, Planned: func(*loader.Plan) { t.Error("it has a plan") },
		Trouble: func(err error, _ time.Duration) { told = append(told, err) },
		Sleep:   func(ctx context.Context, d time.Duration) error { waited += d; return ctx.Err() },
	}, loader.At(options))
	return told, waited, err
}

// expected is what has to come of a refusal.
type expected struct {
	problem loader.Problem
	try     string // a part of the cure
	waits   bool
}

func (e expected) check(t *testing.T, told []error, waited time.Duration, err error) {
	t.Helper()
	problem := wantProblem(t, err, e.problem)
	if !strings.Contains(problem.Try, e.try) {
		t.Errorf("%v: the cure is %q, want %q", err, problem.Try, e.try)
	}
	if waits := waited > 3*time.Second; waits != e.waits || e.waits != (len(told) > 0) || !e.waits && waited > 0 {
		t.Errorf("%v: it waited %s and told of %d troubles, want to wait: %t", err, waited, len(told), e.waits)
	}
	for _, trouble := range told {
		if trouble.Error() != err.Error() {
			t.Errorf("trouble %v, and the end is %v", trouble, err)
		}
	}
	if !loader.GoesOn(err) {
		t.Errorf("%v: the job could go on when that is mended", err)
	}
}

func TestWhatRedisRefuses(t *testing.T) {
	for answer, want := range map[string]expected{
		"LOADING Redis is loading the dataset in memory":                                                   {loader.Unready, "loading:0", true},
		"READONLY You can't write against a read only replica.":                                            {loader.Unready, "the address of the master", true},
		"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.":                 {loader.Unready, "master", true},
		"NOREPLICAS Not enough good replicas to write.":                                                    {loader.Unready, "min-replicas-to-write", true},
		"OOM command not allowed when used memory > 'maxmemory'.":                                          {loader.Unready, "maxmemory", true},
		"MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.": {loader.Unready, "disk", true},
		"BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.":           {loader.Unready, "SCRIPT KILL", true},
		"CLUSTERDOWN The cluster is down":                                                                  {loader.Unready, "CLUSTER INFO", true},
		"TRYAGAIN Multiple keys request during rehashing of slot":                                          {loader.Unready, "node", true},
		"MOVED 3999 127.0.0.1:6381":                                                                        {loader.Unreachable, "cluster-announce-ip", false},
		"ASK 3999 127.0.0.1:6381":                                                                          {loader.Unreachable, "cluster-announce-ip", false},
		"NOAUTH Authentication required.":                                                                  {loader.AccessDenied, "password", false},
		"WRONGPASS invalid username-password pair or user is disabled.":                                    {loader.AccessDenied, "password", false},
		"DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. In this mode connections are (...)": {loader.AccessDenied, "protected-mode", false},
		"ERR max number of clients reached": {loader.Unready, "maxclients", true},
	} {
		told, waited, err := refused(t, redisThatAnswers(t, answer), mysqlThatRefuses(t, 1045, "not asked"))
		want.check(t, told, waited, err)
	}
}

func TestWhatMySQLRefuses(t *testing.T) {
	for number, want := range map[uint16]expected{
		1040: {loader.Unready, "max_connections", true},
		1203: {loader.Unready, "max_user_connections", true},
		1053: {loader.Unready, "start it", true},
		1205: {loader.Unready, "locks", true},
		1213: {loader.Unready, "locks", true},
		1317: {loader.Unready, "queries", true},
		2006: {loader.Unready, "connections", true},
		2013: {loader.Unready, "connections", true},
		3032: {loader.Unready, "offline_mode", true},
		4031: {loader.Unready, "connections", true},

		1129: {loader.AccessDenied, "host_cache", false},
		1130: {loader.AccessDenied, "CREATE USER", false},
		1044: {loader.AccessDenied, "user", false},
		1045: {loader.AccessDenied, "tls=true", false},
		1251: {loader.AccessDenied, "caching_sha2_password", false},
		1524: {loader.AccessDenied, "caching_sha2_password", false},
		1820: {loader.AccessDenied, "ALTER USER", false},
		1862: {loader.AccessDenied, "ALTER USER", false},
		3118: {loader.AccessDenied, "ACCOUNT UNLOCK", false},
		3159: {loader.AccessDenied, "tls=true", false},
		1969: {loader.Limited, "max_statement_time", false},
		3024: {loader.Limited, "max_execution_time", false},
		1153: {loader.TooLarge, "max_allowed_packet", false},
		1792: {loader.Unfit, "view", false},
	} {
		told, waited, err := refused(t, redisThatAnswers(t, ""), mysqlThatRefuses(t, number, "as the server says"))
		want.check(t, told, waited, err)
	}
	for text, want := range map[string]expected{
		"User 'u' has exceeded the 'max_user_connections' resource (current value: 1)":     {loader.Unready, "max_user_connections", true},
		"User 'u' has exceeded the 'max_questions' resource (current value: 3)":            {loader.Limited, "in an hour", false},
		"User 'u' has exceeded the 'max_connections_per_hour' resource (current value: 1)": {loader.Limited, "in an hour", false},
	} {
		told, waited, err := refused(t, redisThatAnswers(t, ""), mysqlThatRefuses(t, 1226, text))
		want.check(t, told, waited, err)
	}
}

// A server that wants a password in a way that the driver does not know.
func TestMySQLThatWantsAnotherKindOfLogin(t *testing.T) {
	cfg := mysqlThatRefuses(t, 0, "")
	cfg.Addr = listen(t, func(conn net.Conn) {
		greeting := "\x0a9.7.0\x00" + "\x01\x00\x00\x00" + "12345678\x00" + "\x00\xa2" + "\xff\x02\x00" + "\x08\x00" + "\x15" + strings.Repeat("\x00", 10) + "123456789012\x00" + "mysql_old_magic\x00"
		conn.Write(append([]byte{byte(len(greeting)), 0, 0, 0}, greeting...))
		conn.Read(make([]byte, 1<<10))
		const ask = "\xfemysql_old_magic\x00x"
		conn.Write(append([]byte{byte(len(ask)), 0, 0, 2}, ask...))
		io.Copy(io.Discard, conn)
	})
	told, waited, err := refused(t, redisThatAnswers(t, ""), cfg)
	expected{loader.AccessDenied, "caching_sha2_password", false}.check(t, told, waited, err)
}

// A connection that is closed before an answer says nothing of the cause, so all causes are named.
func TestRedisThatCloses(t *testing.T) {
	options := &redis.Options{DialerRetries: 1, Addr: listen(t, func(net.Conn) {})}
	told, waited, err := refused(t, options, mysqlThatRefuses(t, 1045, "not asked"))
	expected{loader.Unreachable, "maxclients", false}.check(t, told, waited, err)
	expected{loader.Unreachable, "protected mode", false}.check(t, told, waited, err)
}
