package serverstest

import (
	"os/exec"
	"testing"
)

// Python returns an interpreter that has the libraries of the workers in Python.
func Python(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import redis, pymysql").Run() == nil {
			return name
		}
	}
	LeaveOut(t, "no python3 with redis and pymysql (Debian: python3-redis python3-pymysql)")
	return ""
}

// PHP returns an interpreter that has the extensions of the workers in PHP.
func PHP(t testing.TB) string {
	t.Helper()
	const has = `exit(array_diff(["redis", "pdo_mysql", "mysqli"], array_map("strtolower", get_loaded_extensions())) ? 1 : 0);`
	if exec.Command("php", "-r", has).Run() != nil {
		LeaveOut(t, "no php with redis, pdo_mysql and mysqli (Debian: php-cli php-redis php-mysql)")
	}
	return "php"
}

// Ruby returns an interpreter that has the libraries of the workers in Ruby.
func Ruby(t testing.TB) string {
	t.Helper()
	if exec.Command("ruby", "-e", "require 'redis'; require 'mysql2'").Run() != nil {
		LeaveOut(t, "no ruby with redis and mysql2 (Debian: ruby ruby-redis ruby-mysql2)")
	}
	return "ruby"
}
