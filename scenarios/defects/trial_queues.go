package defects

import (
	"cmp"
	"context"
	"errors"
	"strconv"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// queueTrials hand chunks out, by queues, streams, counters or shares.
var queueTrials = []Trial{
	{
		Name:  "own-list-in-hand-only",
		About: "A worker that starts again goes on with the chunk it has in hand, and nobody looks after that of one that does not start again.",
		Strategy: noRetries(queueing(commitUnlessMarked, func(ctx context.Context, q queue) (lock.Claim, error) {
			q.inHand += ":" + strconv.Itoa(q.Worker)
			chunk, err := q.Redis.LIndex(ctx, q.inHand, 0).Int()
			switch {
			case err == nil:
				return q.claim(chunk), nil
			case !errors.Is(err, redis.Nil):
				return nil, err
			}
			claim, err := q.take(ctx)
			if err == errNoneWaits {
				err = lock.ErrDone
			}
			return claim, err
		})),
		Wants: []reports.Verdict{reports.Lost},
	},
	{
		Name:     "start-puts-everything-back",
		About:    "Each worker begins by putting back what somebody has in hand, for it can only be that of workers that died.",
		Strategy: noRetries(puttingBack(queueing(lookThenCommit, nextQueued))),
		Wants:    []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "two-looks-at-two-lists",
		About: "A worker goes home when it has seen first one list empty and then the other, between which a chunk can be put back.",
		Strategy: noRetries(puttingBack(queueing(commitUnlessMarked, func(ctx context.Context, q queue) (lock.Claim, error) {
			for {
				claim, err := q.take(ctx)
				if err != errNoneWaits {
					return claim, err
				}
				n, err := q.Redis.LLen(ctx, q.inHand).Result()
				if err == nil && n == 0 {
					err = lock.ErrDone
				}
				if err := cmp.Or(err, q.Sleep(ctx, q.TTL)); err != nil {
					return nil, err
				}
				if err := q.putBack(ctx); err != nil {
					return nil, err
				}
			}
		}))),
		Wants: []reports.Verdict{reports.Lost},
	},
	{
		Name:  "superseded-counts-as-done",
		About: "The work ends when as many chunks are finished as there are, and a chunk that two workers had is counted twice.",
		Strategy: noRetries(queueing(
			func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
				if err := commitUnlessMarked(ctx, env, chunk, elements); err != nil {
					return err
				}
				return env.Redis.Incr(ctx, env.Keys.List+":finished").Err()
			},
			func(ctx context.Context, q queue) (lock.Claim, error) {
				n, err := q.Redis.Get(ctx, q.Keys.List+":finished").Int()
				if err != nil && !errors.Is(err, redis.Nil) {
					return nil, err
				}
				if n >= q.Chunks {
					return nil, lock.ErrDone
				}
				return nextQueued(ctx, q)
			},
		)),
		Wants: []reports.Verdict{reports.Lost},
	},
	{
		Name:  "idle-workers-counted",
		About: "The work ends when all workers count as idle, which one that died never does, and one that started again does twice.",
		Strategy: noRetries(func(ctx context.Context, env lock.Env) (lock.Session, error) {
			idle := false
			return queueing(commitUnlessMarked, func(ctx context.Context, q queue) (lock.Claim, error) {
				return q.nextUnlessAllIdle(ctx, &idle)
			})(ctx, env)
		}),
		Wants: []reports.Verdict{reports.Stuck, reports.Lost},
	},
	{
		Name:  "coordinator-fills-again",
		About: "Worker 0 fills the queue when it starts, and so it fills it again when it starts again.",
		Strategy: noRetries(func(ctx context.Context, env lock.Env) (lock.Session, error) {
			q := newQueue(env, func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
				_, err := lock.PushAndMark(ctx, env.Redis, env.Keys, chunk, elements)
				return err
			})
			if env.Worker == 0 {
				for chunk := range env.Chunks {
					if err := env.Redis.LPush(ctx, q.waiting, chunk).Err(); err != nil {
						return nil, err
					}
				}
			}
			return handOut{env, func(ctx context.Context, env lock.Env) (lock.Claim, error) {
				claim, err := q.take(ctx)
				if err == errNoneWaits {
					err = lock.ErrDone
				}
				return claim, err
			}}, nil
		}),
		Wants: []reports.Verdict{reports.Duplicated, reports.Lost},
	},
	{
		Name:  "length-as-progress",
		About: "How many rows are in the list says which chunk is next, and a consumer that takes rows out turns that back.",
		Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
			for {
				length, err := s.redis.LLen(ctx, s.keys.List).Result()
				chunk := int(length) / env.Rows
				if err != nil || chunk >= env.Chunks {
					return err
				}
				elements, err := s.chunk(ctx, env, chunk)
				if err != nil {
					return err
				}
				if _, err := pushIf(ctx, s.redis, s.keys, `redis.call('LLEN', KEYS[1]) == tonumber(ARGV[2])`, chunk, elements, nil, length); err != nil {
					return err
				}
			}
		}),
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "gives-up-after-three-deaths",
		About: "A chunk that three attempts have not brought home counts as poisoned and is set aside, though others were to blame.",
		Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (c guarded, err error) {
			free, err := lookOnly(ctx, env, chunk)
			if err != nil {
				return c, err
			}
			n, err := env.Redis.HIncrBy(ctx, env.Keys.List+":attempts", strconv.Itoa(chunk), 1).Result()
			if err == nil && n > 3 {
				err = cmp.Or(env.Redis.SetBit(ctx, env.Keys.Chunks, int64(chunk), 1).Err(), lock.ErrCommitted)
			}
			return guarded{free, env}, err
		})),
		Wants: []reports.Verdict{reports.Lost},
	},
	{
		Name:     "resumes-what-it-noted",
		About:    "A worker that starts again repeats the chunk that it had noted as its own, which it may have committed.",
		Strategy: noRetries(countedThenSwept(true)),
		Wants:    []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "one-consumer-name",
		About: "All workers are the same consumer of the stream, and each begins with what that consumer has not acknowledged.",
		Strategy: noRetries(func(ctx context.Context, env lock.Env) (lock.Session, error) {
			env.Token = "loader"
			s, err := consuming(func(ctx context.Context, e entry, elements [][]byte) error {
				if err := lookThenCommit(ctx, e.Env, e.Chunk(), elements); err != nil {
					return err
				}
				return e.Env.Redis.XAck(ctx, e.from.stream, group, e.id).Err()
			})(ctx, env)
			if err != nil {
				return nil, err
			}
			return handOut{env, s.(consumer).resumed}, nil
		}),
		Wants: []reports.Verdict{reports.Duplicated, reports.Lost},
	},
	{
		Name:     "queue-and-script",
		About:    "What somebody has had in hand for a while is put back, the commit looks at the bit, and the chunk is taken off after it.",
		Strategy: noRetries(queueing(commitUnlessMarked, nextQueued)),
	},
	{
		Name:  "stream-and-script",
		About: "An idle entry may be claimed from the living, since the commit looks at the bit, and it is acknowledged after that.",
		Strategy: noRetries(consuming(func(ctx context.Context, e entry, elements [][]byte) error {
			if err := commitUnlessMarked(ctx, e.Env, e.Chunk(), elements); err != nil {
				return err
			}
			return e.Env.Redis.XAck(ctx, e.from.stream, group, e.id).Err()
		})),
	},
	{
		Name:     "counter-then-sweep",
		About:    "A counter hands out each chunk once, and then every worker goes over those that are not marked; all commits look at the bit.",
		Strategy: noRetries(countedThenSwept(false)),
	},
	{
		Name:  "shares-then-sweep",
		About: "Each worker does its own share, and then what is not marked of the others'; all commits look at the bit.",
		Strategy: noRetries(func(_ context.Context, env lock.Env) (lock.Session, error) {
			own := lock.Sweep(env, lock.OnePass, func(ctx context.Context, chunk int) (lock.Claim, error) {
				if chunk%env.Workers != env.Worker {
					return nil, lock.ErrHeld
				}
				return lookGuarded(ctx, env, chunk)
			})
			return handOut{env, inTurn(own, swept(env))}, nil
		}),
	},
	{
		Name:  "claims-taken-over-and-script",
		About: "A claim in MySQL that has not changed for a while is taken over, and the commit is a script that looks at the bit.",
		Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
			return s.eachTakenOver(ctx, env, commitOnce)
		}),
		Tables: chunksTable,
	},
}

// commitUnlessMarked is a commit that is safe, whatever fails.
func commitUnlessMarked(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
	_, err := pushIf(ctx, env.Redis, env.Keys, uncommitted, chunk, elements, nil)
	return err
}

// lookThenCommit is a commit that is safe while nobody else has the chunk.
func lookThenCommit(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
	err := lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
	switch {
	case errors.Is(err, lock.ErrCommitted):
		return nil
	case err != nil:
		return err
	}
	_, err = lock.PushAndMark(ctx, env.Redis, env.Keys, chunk, elements)
	return err
}

// queue hands chunks out from a list, over a list of those that somebody has in
// hand, off which they are taken when they are committed.
type queue struct {
	lock.Env
	waiting, inHand string
	commit          commitFunc
}

func newQueue(env lock.Env, commit commitFunc) queue {
	return queue{env, env.Keys.List + ":queue", env.Keys.List + ":in-hand", commit}
}

// queueing opens a session on a queue, which the first worker fills.
func queueing(commit commitFunc, next func(context.Context, queue) (lock.Claim, error)) opening {
	return func(ctx context.Context, env lock.Env) (lock.Session, error) {
		q := newQueue(env, commit)
		return handOut{env, func(ctx context.Context, _ lock.Env) (lock.Claim, error) { return next(ctx, q) }}, fill(ctx, env, q.waiting)
	}
}

// errNoneWaits says that no chunk waits in the queue.
var errNoneWaits = errors.New("no chunk waits")

func (q queue) take(ctx context.Context) (lock.Claim, error) {
	chunk, err := q.Redis.LMove(ctx, q.waiting, q.inHand, "RIGHT", "LEFT").Int()
	switch {
	case errors.Is(err, redis.Nil):
		return nil, errNoneWaits
	case err != nil:
		return nil, err
	}
	return q.claim(chunk), nil
}

// claim is a chunk that this worker has in hand.
func (q queue) claim(chunk int) lock.Claim {
	return committing{lock.NewUnlocked(q.Env, chunk), func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
		if err := q.commit(ctx, env, chunk, elements); err != nil {
			return err
		}
		return env.Redis.LRem(ctx, q.inHand, 1, chunk).Err()
	}}
}

// putBack puts everything back that somebody has in hand.
func (q queue) putBack(ctx context.Context) error {
	return q.Redis.Eval(ctx, `while redis.call('RPOPLPUSH', KEYS[1], KEYS[2]) do end return 1`, []string{q.inHand, q.waiting}).Err()
}

// puttingBack is a session that begins so.
func puttingBack(open opening) opening {
	return func(ctx context.Context, env lock.Env) (lock.Session, error) {
		if err := newQueue(env, nil).putBack(ctx); err != nil {
			return nil, err
		}
		return open(ctx, env)
	}
}

// nextQueued takes a chunk, and puts back what others have had in hand for long while
// none waits. It ends when there is no chunk in either list.
func nextQueued(ctx context.Context, q queue) (lock.Claim, error) {
	for {
		claim, err := q.take(ctx)
		if err != errNoneWaits {
			return claim, err
		}
		left, err := q.Redis.Eval(ctx, `return redis.call('LLEN', KEYS[1]) + redis.call('LLEN', KEYS[2])`, []string{q.waiting, q.inHand}).Int()
		if err == nil && left == 0 {
			err = lock.ErrDone
		}
		if err := cmp.Or(err, q.Sleep(ctx, q.TTL)); err != nil {
			return nil, err
		}
		if err := q.putBack(ctx); err != nil {
			return nil, err
		}
	}
}

// nextUnlessAllIdle ends when as many workers as there are have said that they are
// idle. idle is whether this one has said so.
func (q queue) nextUnlessAllIdle(ctx context.Context, idle *bool) (lock.Claim, error) {
	count := func(by int64) (int64, error) { return q.Redis.IncrBy(ctx, q.Keys.List+":idle", by).Result() }
	for {
		claim, err := q.take(ctx)
		switch {
		case err == nil && *idle:
			*idle = false
			_, err = count(-1)
			return claim, err
		case err != errNoneWaits:
			return claim, err
		}
		by := int64(1)
		if *idle {
			by = 0
		}
		n, err := count(by)
		if err != nil {
			return nil, err
		}
		*idle = true
		if int(n) >= q.Workers {
			return nil, lock.ErrDone
		}
		if err := q.Sleep(ctx, q.TTL); err != nil {
			return nil, err
		}
		if err := q.putBack(ctx); err != nil {
			return nil, err
		}
	}
}

// resumed begins with what the consumer of this name has not acknowledged.
func (s consumer) resumed(ctx context.Context, _ lock.Env) (lock.Claim, error) {
	messages, err := s.read(ctx, "0")
	if err == nil && len(messages) == 0 {
		messages, err = s.fresh(ctx)
	}
	switch {
	case err != nil:
		return nil, err
	case len(messages) == 0:
		return nil, lock.ErrDone
	}
	return entry{lock.NewUnlocked(s.env, chunkOf(messages[0])), s, messages[0].ID}, nil
}
