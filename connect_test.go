package main

import (
	"testing"

	"github.com/go-sql-driver/mysql"
)

func TestMySQLAddresses(t *testing.T) {
	for given, want := range map[string]mysql.Config{
		"me:s@tcp(127.0.0.1:3307)/shop":          {User: "me", Passwd: "s", Addr: "127.0.0.1:3307", DBName: "shop"},
		"tcp(127.0.0.1)/shop":                    {Addr: "127.0.0.1:3306", DBName: "shop"},
		"mysql://me:s%40%2F@127.0.0.1:3307/shop": {User: "me", Passwd: "s@/", Addr: "127.0.0.1:3307", DBName: "shop"},
		"mysql://127.0.0.1/shop":                 {Addr: "127.0.0.1:3306", DBName: "shop"},
		"mysql://[::1]/shop":                     {Addr: "[::1]:3306", DBName: "shop"},
	} {
		got, err := servers{MySQLDSN: given}.mysql()
		if err != nil {
			t.Errorf("%s: %v", given, err)
			continue
		}
		if got.User != want.User || got.Passwd != want.Passwd || got.Addr != want.Addr || got.DBName != want.DBName || got.Net != "tcp" {
			t.Errorf("%s: %s %s %s %s %s", given, got.User, got.Passwd, got.Net, got.Addr, got.DBName)
		}
	}
	for _, given := range []string{"", "shop", "tcp(127.0.0.1)/", "mysql://127.0.0.1", "mysql://me:%zz@127.0.0.1/shop", "postgres://127.0.0.1/shop"} {
		if got, err := (servers{MySQLDSN: given}).mysql(); err == nil {
			t.Errorf("%q is taken for %s", given, got.Addr)
		}
	}
}

func TestRedisAddresses(t *testing.T) {
	got, err := servers{RedisURL: "redis://me:s%40@127.0.0.1:6380/3"}.redis()
	if err != nil || got.Addr != "127.0.0.1:6380" || got.Username != "me" || got.Password != "s@" || got.DB != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, given := range []string{"", "127.0.0.1:6379", "http://127.0.0.1", "redis://127.0.0.1/x"} {
		if got, err := (servers{RedisURL: given}).redis(); err == nil {
			t.Errorf("%q is taken for %s", given, got.Addr)
		}
	}
}
