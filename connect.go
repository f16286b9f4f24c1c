package main

import (
	"errors"
	"net/url"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"
)

// servers are the user's own servers. Their addresses may hold passwords, so
// the environment is the better place for them, and no error repeats them.
type servers struct {
	RedisURL string `name:"redis-url" env:"REDIS_URL" placeholder:"URL" help:"redis://[user:password@]host[:port][/db]; better given in the environment."`
	MySQLDSN string `name:"mysql-dsn" env:"MYSQL_DSN" placeholder:"DSN" help:"[user[:password]@]tcp(host:port)/database, or mysql://user:password@host:port/database; better given in the environment."`
}

const exampleDSN = "user:password@tcp(host:3306)/database"

func (v servers) redis() (*redis.Options, error) {
	options, err := redis.ParseURL(v.RedisURL)
	if err != nil {
		return nil, advice{error: errors.New("--redis-url cannot be read"), try: "redis://user:password@host:6379/0", code: exitUsage}
	}
	return options, nil
}

func (v servers) mysql() (*mysql.Config, error) {
	cfg, err := parseMySQL(v.MySQLDSN)
	if err != nil || cfg.DBName == "" {
		return nil, advice{error: errors.New("--mysql-dsn cannot be read, names no database, or has a parameter that is not known"), try: exampleDSN, code: exitUsage}
	}
	return cfg, nil
}

// parseMySQL reads both forms of an address. What a URL asks for after its question
// mark is for the driver to understand: to leave it out could be to leave out TLS.
func parseMySQL(dsn string) (*mysql.Config, error) {
	if !strings.HasPrefix(dsn, "mysql://") {
		return mysql.ParseDSN(dsn)
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, err
	}
	address := u.Host
	if u.Port() == "" {
		address += ":3306"
	}
	cfg, err := mysql.ParseDSN("tcp(" + address + ")/" + strings.TrimPrefix(u.EscapedPath(), "/") + "?" + u.RawQuery)
	if err != nil {
		return nil, err
	}
	if len(cfg.Params) > 0 {
		return nil, errors.New("parameters of a URL that the driver does not know") // those of other drivers, as ssl-mode
	}
	cfg.User = u.User.Username()
	cfg.Passwd, _ = u.User.Password()
	return cfg, nil
}
