package main

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/reports"
)

// addresses are the user's own servers. Their addresses may hold passwords, so
// the environment is the better place for them, and no error repeats them.
type addresses struct {
	RedisURL string `name:"redis-url" env:"REDIS_URL" placeholder:"URL" help:"redis://[user:password@]host[:port][/db]; better given in the environment."`
	MySQLDSN string `name:"mysql-dsn" env:"MYSQL_DSN" placeholder:"DSN" help:"[user[:password]@]tcp(host:port)/database, or mysql://user:password@host:port/database; better given in the environment."`
}

const exampleDSN = "user:password@tcp(host:3306)/database"

func (v addresses) redis() (*redis.Options, error) {
	options, err := redis.ParseURL(v.RedisURL)
	if err != nil {
		return nil, advice{error: errors.New("--redis-url cannot be read"), try: "redis://user:password@host:6379/0", code: reports.ExitUsage}
	}
	return options, nil
}

func (v addresses) mysql() (*mysql.Config, error) {
	cfg, err := parseMySQL(v.MySQLDSN)
	var parameters unknownParameters
	switch {
	case errors.As(err, &parameters):
		return nil, advice{error: fmt.Errorf("--mysql-dsn has %w", parameters), try: "leave it out, or say it as the driver does, for example tls=true", code: reports.ExitUsage}
	case err != nil || cfg.DBName == "":
		return nil, advice{error: errors.New("--mysql-dsn cannot be read, or names no database"), try: exampleDSN, code: reports.ExitUsage}
	}
	return cfg, nil
}

// unknownParameters are the names of parameters of a URL that the driver does not
// know: those of other drivers, as ssl-mode. A name is no secret, as its value may be.
type unknownParameters []string

func (u unknownParameters) Error() string {
	if len(u) == 1 {
		return "a parameter that is not known: " + u[0]
	}
	return "parameters that are not known: " + strings.Join(u, ", ")
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
	if len(cfg.Params) > 0 && cfg.DBName != "" { // without a database, what looks like a parameter may be of a password
		return nil, unknownParameters(slices.Sorted(maps.Keys(cfg.Params)))
	}
	cfg.User = u.User.Username()
	cfg.Passwd, _ = u.User.Password()
	return cfg, nil
}
