package main

import (
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"onceover/reports"
	"onceover/scenarios/live"
)

func TestMySQLAddresses(t *testing.T) {
	for given, want := range map[string]mysql.Config{
		"me:s@tcp(127.0.0.1:3307)/shop":          {User: "me", Passwd: "s", Addr: "127.0.0.1:3307", DBName: "shop"},
		"tcp(127.0.0.1)/shop":                    {Addr: "127.0.0.1:3306", DBName: "shop"},
		"mysql://me:s%40%2F@127.0.0.1:3307/shop": {User: "me", Passwd: "s@/", Addr: "127.0.0.1:3307", DBName: "shop"},
		"mysql://127.0.0.1/shop":                 {Addr: "127.0.0.1:3306", DBName: "shop"},
		"mysql://[::1]/shop":                     {Addr: "[::1]:3306", DBName: "shop"},
	} {
		got, err := addresses{MySQLDSN: given}.mysql()
		if err != nil {
			t.Errorf("%s: %v", given, err)
			continue
		}
		if got.User != want.User || got.Passwd != want.Passwd || got.Addr != want.Addr || got.DBName != want.DBName || got.Net != "tcp" {
			t.Errorf("%s: %s %s %s %s %s", given, got.User, got.Passwd, got.Net, got.Addr, got.DBName)
		}
	}
	for _, given := range []string{"", "shop", "tcp(127.0.0.1)/", "mysql://127.0.0.1", "mysql://me:%zz@127.0.0.1/shop", "mysql://127.0.0.1/shop?ssl-mode=REQUIRED", "mysql://127.0.0.1/shop?tls=what", "mysql://127.0.0.1/?tls=true", "postgres://127.0.0.1/shop"} {
		if got, err := (addresses{MySQLDSN: given}).mysql(); err == nil {
			t.Errorf("%q is taken for %s", given, got.Addr)
		}
	}
}

func TestAnUnknownParameterIsNamedWithoutItsValue(t *testing.T) {
	for given, want := range map[string]string{
		"mysql://me:s@h/shop?ssl-mode=hunter2":       "--mysql-dsn has a parameter that is not known: ssl-mode",
		"mysql://me:s@h/shop?tls=true&z=hunter2&a=1": "--mysql-dsn has parameters that are not known: a, z",
		"mysql://me?hunter2=x@h/shop":                "--mysql-dsn cannot be read, or names no database",
		"mysql://me:s@h/shop?tls=hunter2":            "--mysql-dsn asks for TLS by a name (tls=...) that only a program can give it",
	} {
		if _, err := (addresses{MySQLDSN: given}).mysql(); err == nil || err.Error() != want || exitCode(err) != reports.ExitUsage {
			t.Errorf("%s: %v, want %s", given, err, want)
		}
	}
}

func TestRedisAddresses(t *testing.T) {
	got, err := addresses{RedisURL: "redis://me:s%40@127.0.0.1:6380/3"}.redis()
	if err != nil || got.Addr != "127.0.0.1:6380" || got.Username != "me" || got.Password != "s@" || got.DB != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, given := range []string{"", "127.0.0.1:6379", "http://127.0.0.1", "redis://127.0.0.1/x", "redis://127.0.0.1?tls=true", "redis://127.0.0.1?skip_verify=true"} {
		if got, err := (addresses{RedisURL: given}).redis(); err == nil {
			t.Errorf("%q is taken for %s", given, got.Addr)
		}
	}
}

func TestWhatAnAddressAsksForIsNotLeftOut(t *testing.T) {
	got, err := addresses{MySQLDSN: "mysql://me:s%3F@db.example/shop?tls=true&readTimeout=3s"}.mysql()
	if err != nil || got.TLS == nil || got.TLS.ServerName != "db.example" || got.ReadTimeout != 3*time.Second || got.Passwd != "s?" {
		t.Errorf("%+v, %v", got, err)
	}
	secret, err := addresses{RedisURL: "rediss://db.example"}.redis()
	if err != nil || secret.TLSConfig == nil {
		t.Errorf("%+v, %v", secret, err)
	}
	for _, c := range []serverFlags{{MySQLDSN: "mysql://db.example/shop?tls=true"}, {MySQLDSN: "tcp(db.example)/shop?tls=true"}, {RedisURL: "rediss://db.example"}} {
		if err := c.read(&live.Options{}); exitCode(err) != reports.ExitUsage {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestAddressesOfMoreThanOneRedis(t *testing.T) {
	for _, given := range []string{
		"redis://a?addr=b:6379&addr=c:6379", "rediss://me:pw@a:1/0?addr=b:6379",
		"redis://a:26379?master_name=shop", "redis://s:spw@a/2?master_name=shop&addr=b:26379&username=me&password=pw&read_timeout=3s",
	} {
		if target, err := (addresses{RedisURL: given}).target(); err != nil || !strings.HasPrefix(target.Options.Addr, "a:") {
			t.Errorf("%s: %v", given, err)
		}
	}
	target, err := addresses{RedisURL: "redis://s:spw@a/2?master_name=shop&username=me&password=pw"}.target()
	if err != nil || target.Options.Username != "me" || target.Options.Password != "pw" || target.Options.DB != 2 || target.Options.Addr != "a:26379" {
		t.Errorf("%+v, %v", target, err)
	}
	for given, want := range map[string]string{
		"redis://a?addr=hunter2":                          "--redis-url has an addr that is not host:port",
		"redis://a?addr=":                                 "--redis-url has an addr that is not host:port",
		"redis://a?master_name=":                          "--redis-url names no master, or more than one",
		"redis://a?master_name=b&master_name=c":           "--redis-url names no master, or more than one",
		"redis://a?master_name=b&replica_only=hunter2":    "--redis-url has a parameter that is not known, or not for a load: replica_only",
		"redis://a?addr=b:1&read_only=hunter2":            "--redis-url has a parameter that is not known, or not for a load: read_only",
		"redis://a?username=hunter2":                      "--redis-url has a parameter that is not known, or not for a load: username",
		"unix:///run/redis.sock?addr=b:1":                 "--redis-url names a Unix socket, and more than one server",
		"redis-sentinel://me:hunter2@a:26379/shop":        "--redis-url has a scheme that is not known: redis-sentinel",
		"redis+cluster://me:hunter2@a":                    "--redis-url has a scheme that is not known: redis+cluster",
		"redis://a:1/x?master_name=b&password=hunter2":    "--redis-url cannot be read",
		"redis://me:%zz@a?master_name=b&password=hunter2": "--redis-url cannot be read",
	} {
		_, err := addresses{RedisURL: given}.target()
		code, try := diagnose(err)
		if err == nil || err.Error() != want || code != reports.ExitUsage || try == "" || strings.Contains(try, "hunter2") {
			t.Errorf("%s: %v (%d, %q), want %s", given, err, code, try, want)
		}
	}
}
