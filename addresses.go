package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/reports"
)

// addresses are the user's own servers. Their addresses may hold passwords, so
// the environment is the better place for them, and no error repeats them.
type addresses struct {
	MySQLDSN string `group:"source" name:"mysql-dsn" env:"MYSQL_DSN" placeholder:"DSN" help:"[user[:password]@]tcp(host:port)/database, or mysql://user:password@host:port/database; better given in the environment."`
	RedisURL string `group:"target" name:"redis-url" env:"REDIS_URL" placeholder:"URL" help:"redis://[user:password@]host[:port][/db]; better given in the environment."`

	tlsFiles
}

// unregistered is how the driver's error on a name begins that was not registered with it.
const unregistered = "invalid value / unknown config name: "

const exampleDSN = "user:password@tcp(host:3306)/database"

func (v addresses) redis() (*redis.Options, error) {
	options, err := redis.ParseURL(v.RedisURL)
	if err != nil {
		return nil, advice{error: errors.New("--redis-url cannot be read"), try: "redis://user:password@host:6379/0", code: reports.ExitUsage}
	}
	return options, v.tlsFiles.redis(options)
}

// target is where the list is: a server, a cluster, or what Sentinels name.
func (v addresses) target() (*loader.Target, error) {
	target, err := loader.ParseTarget(v.RedisURL)
	var said *loader.Error
	switch {
	case errors.As(err, &said):
		return nil, advice{error: errors.New("--redis-url " + said.What), try: said.Try, code: reports.ExitUsage}
	case err != nil:
		return nil, advice{error: errors.New("--redis-url cannot be read"), try: "redis://user:password@host:6379/0", code: reports.ExitUsage}
	}
	return target, v.tlsFiles.redis(target.Options)
}

func (v addresses) mysql() (*mysql.Config, error) {
	cfg, err := loader.ParseMySQL(v.MySQLDSN)
	var parameters loader.UnknownParameters
	switch {
	case errors.As(err, &parameters):
		return nil, advice{error: fmt.Errorf("--mysql-dsn has %w", parameters), try: "leave it out, or say it as the driver does, for example tls=true", code: reports.ExitUsage}
	case err != nil && strings.HasPrefix(err.Error(), unregistered):
		return nil, advice{
			error: errors.New("--mysql-dsn asks for TLS by a name (tls=...) that only a program can give it"),
			try:   "tls=true, with --tls-ca FILE for an authority of your own, and --tls-cert FILE --tls-key FILE for a server that asks for a certificate", code: reports.ExitUsage,
		}
	case err != nil || cfg.DBName == "":
		return nil, advice{error: errors.New("--mysql-dsn cannot be read, or names no database"), try: exampleDSN, code: reports.ExitUsage}
	}
	return cfg, v.tlsFiles.mysql(cfg)
}
