// Package worker is the contract between the harness and the programs that it
// runs as workers, and Onceover's own worker under that contract.
//
// A worker is a command that is started once per worker and told everything by
// environment variables, or by placeholders in its arguments. It exits with 0 when nothing is left to do; anything
// else is a failure, after which it may be started again.
//
// Onceover's own worker also reports its steps on an inherited pipe, and waits
// at those where the harness means to act; other programs need not.
package worker

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Contract is what every worker is told, by the variables that the tags name.
type Contract struct {
	RedisURL string `env:"REDIS_URL"` // redis://127.0.0.1:port/0
	MySQL    MySQL

	// LockURLs are the addresses of the lock servers, with a comma between them; empty where
	// none were asked for.
	LockURLs string `env:"LOCK_REDIS_URLS,optional"`

	Table     string `env:"ONCEOVER_TABLE"` // with id BIGINT PRIMARY KEY and payload
	List      string `env:"ONCEOVER_LIST"`  // the key of the Redis list to fill
	ChunkSize int    `env:"ONCEOVER_CHUNK_SIZE"`
	Chunks    int    `env:"ONCEOVER_CHUNKS"`
	Worker    int    `env:"ONCEOVER_WORKER"` // 0-based
	Workers   int    `env:"ONCEOVER_WORKERS"`
	Run       string `env:"ONCEOVER_RUN"` // names the run, the same for all its workers
}

// NumberVariable is the one that differs between the workers of a run.
const NumberVariable = "ONCEOVER_WORKER"

// MySQL says where the table is.
type MySQL struct {
	Host     string `env:"MYSQL_HOST"`
	Port     int    `env:"MYSQL_PORT"`
	User     string `env:"MYSQL_USER"`
	Password string `env:"MYSQL_PASSWORD,optional"`
	Database string `env:"MYSQL_DATABASE"`
}

// URL is the address as mysql://user:password@host:port/database.
func (m MySQL) URL() string { return m.address(url.UserPassword(m.User, m.Password)) }

func (m MySQL) address(login *url.Userinfo) string {
	u := url.URL{
		Scheme: "mysql", User: login,
		Host: net.JoinHostPort(m.Host, strconv.Itoa(m.Port)), Path: "/" + m.Database,
	}
	return u.String()
}

// Env is the contract as environment variables.
func (c Contract) Env() []string { return append(environment(&c), "DATABASE_URL="+c.MySQL.URL()) }

// FromEnv reads a contract.
func FromEnv(getenv func(string) string) (c Contract, err error) {
	err = read(getenv, &c)
	return c, err
}

// Own is what Onceover's own worker is told beside the contract.
type Own struct {
	Strategy string        `env:"ONCEOVER_STRATEGY,optional"`
	TTL      time.Duration `env:"ONCEOVER_TTL,optional"`
	Seed     uint64        `env:"ONCEOVER_SEED,optional"`
	Life     int           `env:"ONCEOVER_LIFE,optional"`  // 0 for the first process of this worker
	Stops    string        `env:"ONCEOVER_STOPS,optional"` // where to wait for the harness, see ParseStops
	Piped    bool          `env:"ONCEOVER_PIPED,optional"` // the pipes for steps are there
}

// Env is Own as environment variables.
func (o Own) Env() []string { return environment(&o) }

// OwnFromEnv reads Own; what is not set stays at its zero value.
func OwnFromEnv(getenv func(string) string) (o Own, err error) {
	err = read(getenv, &o)
	return o, err
}

// variable is one of the environment, and the field that holds its value.
type variable struct {
	name     string
	optional bool
	field    reflect.Value
}

// variables are those that the fields of a struct are tagged with.
func variables(of reflect.Value) (all []variable) {
	for field, value := range of.Fields() {
		if value.Kind() == reflect.Struct {
			all = append(all, variables(value)...)
			continue
		}
		name, option, _ := strings.Cut(field.Tag.Get("env"), ",")
		all = append(all, variable{name, option == "optional", value})
	}
	return all
}

func environment(from any) (env []string) {
	for _, v := range variables(reflect.ValueOf(from).Elem()) {
		env = append(env, fmt.Sprintf("%s=%v", v.name, v.field))
	}
	return env
}

func read(getenv func(string) string, into any) error {
	var errs []error
	for _, v := range variables(reflect.ValueOf(into).Elem()) {
		text := getenv(v.name)
		switch {
		case text != "":
			errs = append(errs, v.parse(text))
		case !v.optional:
			errs = append(errs, fmt.Errorf("the environment variable %s is not set", v.name))
		}
	}
	return errors.Join(errs...)
}

func (v variable) parse(text string) (err error) {
	switch value := v.field.Addr().Interface().(type) {
	case *string:
		*value = text
	case *int:
		*value, err = strconv.Atoi(text)
	case *uint64:
		*value, err = strconv.ParseUint(text, 10, 64)
	case *bool:
		*value, err = strconv.ParseBool(text)
	case *time.Duration:
		*value, err = time.ParseDuration(text)
	}
	if err != nil && !v.optional {
		return fmt.Errorf("the environment variable %s is not a number", v.name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", v.name, err)
	}
	return nil
}
