package main

import "onceover/scenarios/live"

// serverFlags say which servers chaos works on.
type serverFlags struct {
	RedisImage string `env:"REDIS_IMAGE" placeholder:"IMAGE" help:"Redis image; else redis:8.0, or one built here."`
	MySQLImage string `name:"mysql-image" env:"MYSQL_IMAGE" placeholder:"IMAGE" help:"MySQL image; else mysql:9.7, or one built here."`
	RedisURL   string `name:"redis-url" env:"ONCEOVER_REDIS_URL" placeholder:"URL" help:"A Redis that runs already, in place of containers. Only keys of Onceover's own names are touched."`
	MySQLDSN   string `name:"mysql-dsn" env:"ONCEOVER_MYSQL_DSN" placeholder:"DSN" help:"A MySQL that runs already. Only tables of Onceover's own names are touched."`
}

// read refuses addresses that cannot be used.
func (f serverFlags) read(o *live.Options) (err error) {
	v := addresses{RedisURL: f.RedisURL, MySQLDSN: f.MySQLDSN}
	if v.RedisURL != "" {
		if o.Redis, err = v.redis(); err != nil {
			return err
		}
	}
	if v.MySQLDSN != "" {
		if o.MySQL, err = v.mysql(); err != nil {
			return err
		}
	}
	if r, m := o.Redis, o.MySQL; r != nil && r.TLSConfig != nil || m != nil && m.TLS != nil {
		return usagef("chaos strikes at requests that it has to read, so it cannot use a connection with TLS")
	}
	o.RedisImage, o.MySQLImage = f.RedisImage, f.MySQLImage
	return nil
}
