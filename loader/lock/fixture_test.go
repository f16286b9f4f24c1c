package lock_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/loader/lock"
	"onceover/scenarios/servers/serverstest"
)

const planID = "plan-1"

// bench is a Redis in which a plan is stored, and nothing else.
type bench struct {
	t       testing.TB
	options *redis.Options
	admin   *redis.Client
	keys    lock.Keys
	chunks  int

	database *sql.DB // where some strategies lock
}

func newBench(t testing.TB, chunks int) *bench {
	t.Helper()
	b := &bench{t: t, options: serverstest.RedisOptions(t), keys: lock.KeysFor("list"), chunks: chunks}
	b.options.DialerRetries = 1
	b.admin = b.client(lock.Default())
	b.admin.HSet(t.Context(), b.keys.Plan, "id", planID)
	connector, err := mysql.NewConnector(serverstest.MySQLConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	b.database = sql.OpenDB(connector)
	if _, err := b.database.ExecContext(t.Context(), "DROP TABLE IF EXISTS `"+lock.ChunksTable(planID)+"`"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.database.Close() })
	return b
}

func (b *bench) client(s lock.Strategy) *redis.Client {
	client := loader.OpenRedis(b.options, s)
	b.t.Cleanup(func() { client.Close() })
	return client
}

// locks are of as many lock servers as a strategy needs: databases of the one Redis.
func (b *bench) locks(s lock.Strategy) (clients []*redis.Client) {
	for i := range s.Locks {
		options := *b.options
		options.DB = i + 1
		client := loader.OpenRedis(&options, s)
		b.t.Cleanup(func() { client.Close() })
		clients = append(clients, client)
	}
	return clients
}

// env is a worker's, with a client of its own.
func (b *bench) env(s lock.Strategy, worker int) lock.Env {
	return lock.Env{
		Redis: b.client(s), Locks: b.locks(s), Keys: b.keys, PlanID: planID, Chunks: b.chunks,
		Worker: worker, Workers: 2, Token: fmt.Sprintf("token/%d", worker), Seed: 1,
		TTL:   time.Minute,
		DB:    b.database,
		Sleep: func(context.Context, time.Duration) error { return errSlept },
		Every: func(context.Context, time.Duration, func(context.Context) error) func() { return func() {} },
	}
}

// errSlept is what waiting comes to in these tests.
var errSlept = errors.New("nothing to do but wait")

func (b *bench) session(s lock.Strategy, worker int) lock.Session {
	b.t.Helper()
	return b.open(s, b.env(s, worker))
}

func (b *bench) open(s lock.Strategy, env lock.Env) lock.Session {
	b.t.Helper()
	if s.Prepare != nil {
		if err := s.Prepare(b.t.Context(), env); err != nil {
			b.t.Fatal(err)
		}
	}
	session, err := s.Open(b.t.Context(), env)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { session.Close() })
	return session
}

func (b *bench) next(s lock.Session) lock.Claim {
	b.t.Helper()
	claim, err := s.Next(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return claim
}

func (b *bench) commit(c lock.Claim, n int) lock.Outcome {
	b.t.Helper()
	outcome, err := c.Commit(b.t.Context(), elements(c.Chunk(), n))
	if err != nil {
		b.t.Fatal(err)
	}
	return outcome
}

func (b *bench) release(c lock.Claim) {
	b.t.Helper()
	if err := c.Release(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

func elements(chunk, n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = fmt.Appendf(nil, "%d/%d", chunk, i)
	}
	return all
}

// wantList checks that the list holds the n elements of each chunk once, in
// the order in which they were pushed.
func (b *bench) wantList(n int, chunks ...int) {
	b.t.Helper()
	var got []string
	if b.keys.Stream {
		for _, e := range b.admin.XRange(b.t.Context(), b.keys.List, "-", "+").Val() {
			got = append(got, e.Values[lock.RowField].(string))
		}
	} else if got = b.admin.LRange(b.t.Context(), b.keys.List, 0, -1).Val(); !b.keys.Right {
		slices.Reverse(got)
	}
	var want []string
	for _, c := range chunks {
		for _, e := range elements(c, n) {
			want = append(want, string(e))
		}
	}
	if !slices.Equal(got, want) {
		b.t.Errorf("the list holds %d elements %.300q, want %d", len(got), got, len(want))
	}
}

func (b *bench) wantBits(chunks ...int) {
	b.t.Helper()
	bits, err := lock.ReadBitmap(b.t.Context(), b.admin, b.keys.Chunks)
	if err != nil {
		b.t.Fatal(err)
	}
	for i := range b.chunks {
		if bits.Set(i) != slices.Contains(chunks, i) {
			b.t.Errorf("bit %d is %t, want the bits %v", i, bits.Set(i), chunks)
		}
	}
}

// dump is all that Redis holds.
func (b *bench) dump() map[string]string {
	b.t.Helper()
	all := map[string]string{}
	for _, key := range b.admin.Keys(b.t.Context(), "*").Val() {
		all[key] = b.admin.Dump(b.t.Context(), key).Val()
	}
	return all
}

func (b *bench) wantUnchanged(name string, before map[string]string) {
	b.t.Helper()
	if after := b.dump(); !maps.Equal(before, after) {
		b.t.Errorf("%s: something was written: keys %v, before %v", name, slices.Sorted(maps.Keys(after)), slices.Sorted(maps.Keys(before)))
	}
}
