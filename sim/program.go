package sim

import (
	"context"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/loader/lock"
)

// Program is what a worker runs. It returns nil when nothing is left to do.
//
// It reaches the servers through the clients that Env configures, and must
// close them before it returns. When its worker dies, whatever it calls fails
// with context.Canceled, and it has to return; nobody hears what it still says.
// A program that does not is ended by runtime.Goexit. It must not look at
// anything outside, and what it does may depend on Env, on the replies it gets
// and on time.Now alone: not on math/rand or the order of a map. It may do one
// thing at a time, and what Env.Every calls beside it. Workers of other schedules run the same program meanwhile.
type Program func(ctx context.Context, env Env) error

// Env is what a worker is given.
type Env struct {
	Worker  int // 0-based
	Workers int
	Life    int    // 0 for a worker's first life, 1 for the next
	Token   string // unique to this life of this worker
	Seed    uint64
	TTL     time.Duration // of leases

	Job    loader.Job
	Chunks int
	Rows   int // of each chunk; chunk i has the ids from i*Rows+1

	Redis *redis.Options // with Dialer set; may be changed
	MySQL *mysql.Config  // with DialFunc set; may be changed
	// Locks are of the lock servers. A program of one's own may ask one of them at a time.
	Locks []*redis.Options
	turn  func(Server) (leave func())

	// At says where the worker is in its life, so that the same can be tried
	// with real servers; a program need not call it.
	At func(loader.Step, int)
	// Sleep waits in virtual time.
	Sleep func(context.Context, time.Duration) error
	// Every calls f once a period of virtual time, beside the program. It takes
	// the program's turn where that is about to send a request to Redis or sleeps:
	// what f learns comes too late for that request, and no request of the
	// program's is under way at the same time. A program that ends before it has
	// called stop is none that can be searched: ErrRenews.
	Every func(ctx context.Context, period time.Duration, f func(context.Context) error) (stop func())
	// Preparing(true) says that what follows only agrees on the job, and
	// Preparing(false) that the work begins. See Setup.Cold.
	Preparing func(bool)
}

// Loader is the project's own loader with a strategy, and with what is changed in its
// configuration.
func Loader(strategy lock.Strategy, changes ...func(*loader.Config)) Program {
	return func(ctx context.Context, env Env) error {
		db, err := loader.OpenMySQL(env.MySQL)
		if err != nil {
			return err
		}
		defer db.Close()
		client := loader.OpenRedis(env.Redis, strategy)
		defer client.Close()
		locks, closeLocks := env.openLocks(strategy)
		defer closeLocks()
		env.Preparing(true)
		cfg := loader.Config{
			Job: env.Job, Strategy: strategy, Redis: client, Locks: locks, DB: db,
			Worker: env.Worker, Workers: env.Workers, Token: env.Token, Seed: env.Seed,
			TTL: env.TTL, Sleep: env.Sleep, Every: env.Every,
			Planned: func(*loader.Plan) { env.Preparing(false) },
			Hook:    func(_ context.Context, step loader.Step, chunk int) { env.At(step, chunk) },
		}
		for _, change := range changes {
			change(&cfg)
		}
		_, err = loader.Load(ctx, cfg)
		return err
	}
}
