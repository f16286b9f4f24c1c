package worker

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/loader/lock"
)

// The files that a worker inherits when Own.Piped is set.
const (
	reportsFD = 3 // steps, written by the worker
	permitsFD = 4 // one byte for each stop, written by the harness
)

// Strategies finds a strategy by its name.
type Strategies func(name string) (lock.Strategy, bool)

// Run is Onceover's own worker: it reads its contract from the environment and
// loads until nothing is left to do.
func Run(ctx context.Context, getenv func(string) string, find Strategies) (loader.Summary, error) {
	contract, err := FromEnv(getenv)
	if err != nil {
		return loader.Summary{}, err
	}
	own, err := OwnFromEnv(getenv)
	if err != nil {
		return loader.Summary{}, err
	}
	cfg, err := configure(contract, own, find)
	if err != nil {
		return loader.Summary{}, err
	}
	defer cfg.Redis.Close()
	for _, client := range cfg.Locks {
		defer client.Close()
	}
	defer cfg.DB.Close()
	return loader.Load(ctx, cfg)
}

func configure(c Contract, own Own, find Strategies) (loader.Config, error) {
	strategy := lock.Default()
	if own.Strategy != "" {
		var ok bool
		if strategy, ok = find(own.Strategy); !ok {
			return loader.Config{}, fmt.Errorf("unknown strategy %q", own.Strategy)
		}
	}
	stops, err := ParseStops(own.Stops)
	if err != nil {
		return loader.Config{}, err
	}
	options, err := redis.ParseURL(c.RedisURL)
	if err != nil {
		return loader.Config{}, fmt.Errorf("REDIS_URL cannot be read") // its text may hold a password
	}
	locks, err := c.openLocks(strategy)
	if err != nil {
		return loader.Config{}, err
	}
	db, err := loader.OpenMySQL(c.MySQL.driverConfig())
	if err != nil {
		return loader.Config{}, err
	}
	cfg := loader.Config{
		Job:      loader.Job{Table: c.Table, List: c.List, ChunkSize: c.ChunkSize},
		Strategy: strategy,
		Redis:    loader.OpenRedis(options, strategy),
		Locks:    locks,
		DB:       db,
		Worker:   c.Worker,
		Workers:  c.Workers,
		Token:    fmt.Sprintf("%s/%d/%d", c.Run, c.Worker, own.Life),
		Seed:     own.Seed,
		TTL:      own.TTL,
		Sleep:    Sleep,
		Every:    Every,
	}
	if own.Piped {
		cfg.Hook = hook(os.NewFile(reportsFD, "reports"), os.NewFile(permitsFD, "permits"), stops)
	}
	return cfg, nil
}

// openLocks opens a client of each lock server, if the strategy has a use for them.
func (c Contract) openLocks(strategy lock.Strategy) (clients []*redis.Client, err error) {
	if strategy.Locks == 0 || c.LockURLs == "" {
		return nil, nil
	}
	for address := range strings.SplitSeq(c.LockURLs, ",") {
		options, err := redis.ParseURL(address)
		if err != nil {
			return nil, fmt.Errorf("LOCK_REDIS_URLS cannot be read") // its text may hold a password
		}
		clients = append(clients, loader.OpenRedis(options, strategy))
	}
	return clients, nil
}

func (m MySQL) driverConfig() *mysql.Config {
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr = "tcp", fmt.Sprintf("%s:%d", m.Host, m.Port)
	cfg.User, cfg.Passwd, cfg.DBName = m.User, m.Password, m.Database
	return cfg
}

// Sleep waits in real time.
func Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
