// Package worker is the contract between the harness and the programs that it
// runs as workers, and Onceover's own worker under that contract.
//
// A worker is a command that is started once per worker and told everything by
// environment variables. It exits with 0 when nothing is left to do; anything
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
	"strconv"
	"time"
)

// Contract is what every worker is told.
type Contract struct {
	RedisURL string // redis://127.0.0.1:port/0
	MySQL    MySQL

	Table     string // with id BIGINT PRIMARY KEY and payload
	List      string // the key of the Redis list to fill
	ChunkSize int
	Chunks    int
	Worker    int // 0-based
	Workers   int
	Run       string // names the run, the same for all its workers
}

// MySQL says where the table is.
type MySQL struct {
	Host     string
	Port     int
	User     string
	Password string
	Database string
}

// URL is the address as mysql://user:password@host:port/database.
func (m MySQL) URL() string {
	u := url.URL{
		Scheme: "mysql", User: url.UserPassword(m.User, m.Password),
		Host: net.JoinHostPort(m.Host, strconv.Itoa(m.Port)), Path: "/" + m.Database,
	}
	return u.String()
}

// Env is the contract as environment variables.
func (c Contract) Env() []string {
	return []string{
		"REDIS_URL=" + c.RedisURL,
		"DATABASE_URL=" + c.MySQL.URL(),
		"MYSQL_HOST=" + c.MySQL.Host,
		"MYSQL_PORT=" + strconv.Itoa(c.MySQL.Port),
		"MYSQL_USER=" + c.MySQL.User,
		"MYSQL_PASSWORD=" + c.MySQL.Password,
		"MYSQL_DATABASE=" + c.MySQL.Database,
		"ONCEOVER_TABLE=" + c.Table,
		"ONCEOVER_LIST=" + c.List,
		"ONCEOVER_CHUNK_SIZE=" + strconv.Itoa(c.ChunkSize),
		"ONCEOVER_CHUNKS=" + strconv.Itoa(c.Chunks),
		"ONCEOVER_WORKER=" + strconv.Itoa(c.Worker),
		"ONCEOVER_WORKERS=" + strconv.Itoa(c.Workers),
		"ONCEOVER_RUN=" + c.Run,
	}
}

// FromEnv reads a contract.
func FromEnv(getenv func(string) string) (Contract, error) {
	e := environment{getenv: getenv}
	c := Contract{
		RedisURL: e.text("REDIS_URL"),
		MySQL: MySQL{
			Host: e.text("MYSQL_HOST"), Port: e.number("MYSQL_PORT"),
			User: e.text("MYSQL_USER"), Password: getenv("MYSQL_PASSWORD"), Database: e.text("MYSQL_DATABASE"),
		},
		Table: e.text("ONCEOVER_TABLE"), List: e.text("ONCEOVER_LIST"),
		ChunkSize: e.number("ONCEOVER_CHUNK_SIZE"), Chunks: e.number("ONCEOVER_CHUNKS"),
		Worker: e.number("ONCEOVER_WORKER"), Workers: e.number("ONCEOVER_WORKERS"),
		Run: e.text("ONCEOVER_RUN"),
	}
	return c, errors.Join(e.errs...)
}

// Own is what Onceover's own worker is told beside the contract.
type Own struct {
	Strategy string
	TTL      time.Duration
	Seed     uint64
	Life     int    // 0 for the first process of this worker
	Stops    string // where to wait for the harness, see ParseStops
	Piped    bool   // the pipes for steps are there
}

// Env is Own as environment variables.
func (o Own) Env() []string {
	return []string{
		"ONCEOVER_STRATEGY=" + o.Strategy,
		"ONCEOVER_TTL=" + o.TTL.String(),
		"ONCEOVER_SEED=" + strconv.FormatUint(o.Seed, 10),
		"ONCEOVER_LIFE=" + strconv.Itoa(o.Life),
		"ONCEOVER_STOPS=" + o.Stops,
		"ONCEOVER_PIPED=" + strconv.FormatBool(o.Piped),
	}
}

// OwnFromEnv reads Own; what is not set stays at its zero value.
func OwnFromEnv(getenv func(string) string) (Own, error) {
	e := environment{getenv: getenv}
	o := Own{
		Strategy: getenv("ONCEOVER_STRATEGY"),
		TTL:      optional(&e, "ONCEOVER_TTL", time.ParseDuration),
		Seed:     optional(&e, "ONCEOVER_SEED", func(s string) (uint64, error) { return strconv.ParseUint(s, 10, 64) }),
		Life:     optional(&e, "ONCEOVER_LIFE", strconv.Atoi),
		Stops:    getenv("ONCEOVER_STOPS"),
		Piped:    optional(&e, "ONCEOVER_PIPED", strconv.ParseBool),
	}
	return o, errors.Join(e.errs...)
}

func optional[T any](e *environment, name string, parse func(string) (T, error)) (value T) {
	text := e.getenv(name)
	if text == "" {
		return value
	}
	value, err := parse(text)
	if err != nil {
		e.errs = append(e.errs, fmt.Errorf("%s: %w", name, err))
	}
	return value
}

type environment struct {
	getenv func(string) string
	errs   []error
}

func (e *environment) text(name string) string {
	value := e.getenv(name)
	if value == "" {
		e.errs = append(e.errs, fmt.Errorf("the environment variable %s is not set", name))
	}
	return value
}

func (e *environment) number(name string) int {
	n, err := strconv.Atoi(e.text(name))
	if err != nil && e.getenv(name) != "" {
		e.errs = append(e.errs, fmt.Errorf("the environment variable %s is not a number", name))
	}
	return n
}
