package defects

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// The holder dies; the others have skipped its chunk and report that nothing is
// left. The published scheme has it.
//
// Repair: lock.UntilDone.
var skippedChunk = Defect{
	Name:     "skipped-chunk-never-taken-up",
	Mistake:  "The workers go over the chunks once, and what they skip is somebody else's business.",
	Strategy: noRetries(sweep(lock.OnePass, takeLease)),
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Crash: 1}},
	Want:     reports.Lost,
}

// A dead worker's chunk has no claim that could expire, so no worker takes it over.
//
// Repair: a sweep over the bits at the end, until all are set.
var counterAsClaim = Defect{
	Name:    "counter-as-claim",
	Mistake: "A counter hands out the chunks, each to one worker, and never again.",
	Strategy: noRetries(handedOut(func(ctx context.Context, env lock.Env) (lock.Claim, error) {
		n, err := env.Redis.Incr(ctx, env.Keys.List+":next").Result()
		if err == nil && int(n) > env.Chunks {
			err = lock.ErrDone
		}
		return lock.NewUnlocked(env, int(n)-1), err
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Lost,
}

// A popped chunk is in the memory of one worker only. resque/resque#93,
// RichardKnop/machinery#586, sidekiq/sidekiq#5558, rq/rq#2015.
//
// Repair: a queue from which a chunk goes with its commit, in one transaction.
var popThenWork = Defect{
	Name:    "pop-then-work",
	Mistake: "A chunk is taken off the queue before it is loaded.",
	Strategy: noRetries(handedOut(func(ctx context.Context, env lock.Env) (lock.Claim, error) {
		queue := env.Keys.List + ":queue"
		if err := fill(ctx, env, queue); err != nil {
			return nil, err
		}
		chunk, err := env.Redis.LPop(ctx, queue).Int()
		if errors.Is(err, redis.Nil) {
			err = lock.ErrDone
		}
		return lock.NewUnlocked(env, chunk), err
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Lost,
}

// fill puts all chunks into the queue, once and at once.
func fill(ctx context.Context, env lock.Env, queue string) error {
	chunks := make([]any, env.Chunks)
	for i := range chunks {
		chunks[i] = i
	}
	return env.Redis.Eval(ctx,
		`if redis.call('SET', KEYS[2], 1, 'NX') then redis.call('RPUSH', KEYS[1], unpack(ARGV)) end return 1`,
		[]string{queue, queue + ":filled"}, chunks...).Err()
}

// handedOut opens a session that is given one chunk after the other.
func handedOut(next func(context.Context, lock.Env) (lock.Claim, error)) opening {
	return func(_ context.Context, env lock.Env) (lock.Session, error) { return handOut{env, next}, nil }
}

type handOut struct {
	env  lock.Env
	next func(context.Context, lock.Env) (lock.Claim, error)
}

func (s handOut) Next(ctx context.Context) (lock.Claim, error) { return s.next(ctx, s.env) }

func (handOut) Close() error { return nil }

// No worker takes over the share of one that dies. sidekiq/sidekiq#4635: the jobs of
// processes that a rolling restart replaced were never recovered.
//
// Repair: after its own share, each worker takes what is left of the others'.
var staticShares = Defect{
	Name:    "static-shares",
	Mistake: "The chunks are dealt out by number, and nobody looks at the share of a worker that died.",
	Strategy: noRetries(sweep(lock.OnePass, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		if chunk%env.Workers != env.Worker {
			return nil, lock.ErrHeld
		}
		return lookOnly(ctx, env, chunk)
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Crash: 1}},
	Want:  reports.Lost,
}

// A worker that starts, or starts again, throws away what was pushed, and the
// bits say that it is there.
//
// Repair: delete list and bitmap together, once, before any worker starts.
var clearsListOnStart = Defect{
	Name:    "clears-list-on-start",
	Mistake: "Each worker begins with an empty list, and leaves the marks of what was in it.",
	Strategy: noRetries(func(ctx context.Context, env lock.Env) (lock.Session, error) {
		if err := env.Redis.Del(ctx, env.Keys.List).Err(); err != nil {
			return nil, fmt.Errorf("begin with an empty list: %w", err)
		}
		return sweep(lock.UntilDone, takeLease)(ctx, env)
	}),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Lost,
}

// consumer takes its chunks from a stream, in a group: competing consumers with
// a visibility timeout, which here is the TTL of leases.
type consumer struct {
	env    lock.Env
	stream string
	commit func(ctx context.Context, e entry, elements [][]byte) error
}

const group = "loaders"

// consuming opens a session on the stream, which the first worker fills.
func consuming(commit func(context.Context, entry, [][]byte) error) opening {
	return func(ctx context.Context, env lock.Env) (lock.Session, error) {
		s := consumer{env, env.Keys.List + ":stream", commit}
		err := env.Redis.Eval(ctx, `
			if redis.call('EXISTS', KEYS[1]) == 0 then
			  for i = 0, ARGV[1] - 1 do
			    redis.call('XADD', KEYS[1], '*', 'chunk', i)
			  end
			  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[2], '0')
			end
			return 1`, []string{s.stream}, env.Chunks, group).Err()
		return s, err
	}
}

// Next takes an entry that another worker has held for too long, or a new one.
func (s consumer) Next(ctx context.Context) (lock.Claim, error) {
	for {
		messages, _, err := s.env.Redis.XAutoClaim(ctx, &redis.XAutoClaimArgs{
			Stream: s.stream, Group: group, Consumer: s.env.Token, MinIdle: s.env.TTL, Start: "0-0", Count: 1,
		}).Result()
		if err == nil && len(messages) == 0 {
			messages, err = s.fresh(ctx)
		}
		switch {
		case err != nil:
			return nil, err
		case len(messages) > 0:
			return entry{lock.NewUnlocked(s.env, chunkOf(messages[0])), s, messages[0].ID}, nil
		}
		pending, err := s.env.Redis.XPending(ctx, s.stream, group).Result()
		if err != nil {
			return nil, err
		}
		if pending.Count == 0 {
			return nil, lock.ErrDone
		}
		if err := s.env.Sleep(ctx, s.env.TTL); err != nil {
			return nil, err
		}
	}
}

func (s consumer) fresh(ctx context.Context) ([]redis.XMessage, error) { return s.read(ctx, ">") }

// read takes one entry: a new one, or with an id the first after that which this
// consumer has not acknowledged.
func (s consumer) read(ctx context.Context, after string) ([]redis.XMessage, error) {
	streams, err := s.env.Redis.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: group, Consumer: s.env.Token, Streams: []string{s.stream, after}, Count: 1, Block: -1,
	}).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return streams[0].Messages, nil
}

func (consumer) Close() error { return nil }

// entry is a claim on the chunk that an entry of the stream names.
type entry struct {
	lock.Unlocked
	from consumer
	id   string
}

func (e entry) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	return committed(e.Chunk(), e.from.commit(ctx, e, elements))
}

func chunkOf(message redis.XMessage) int {
	text, _ := message.Values["chunk"].(string)
	chunk, _ := strconv.Atoi(text)
	return chunk
}

// An acknowledged entry is not delivered again, and a worker that dies between the
// two takes the chunk with it. The same with offsets: bsm/sarama-cluster#148.
//
// Repair: XACK and LPUSH in one transaction.
var ackBeforePush = Defect{
	Name:    "ack-before-push",
	Mistake: "An entry of the stream is acknowledged, and then its rows are pushed.",
	Strategy: noRetries(consuming(func(ctx context.Context, e entry, elements [][]byte) error {
		if err := e.Env.Redis.XAck(ctx, e.from.stream, group, e.id).Err(); err != nil {
			return err
		}
		return e.Env.Redis.LPush(ctx, e.Env.Keys.List, lock.Arguments(elements)...).Err()
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Lost,
}

// A worker that is slow, not dead, loses its entry to another, and both push.
// redis/redis#13956, rq/rq#2289, celery/celery#5935, sidekiq/sidekiq#4611.
//
// Repair: a script that pushes if XACK returned 1.
var claimedFromTheLiving = Defect{
	Name:     "claimed-from-the-living",
	Mistake:  "An entry that has been idle for a while is taken from its worker, which may be slow and not dead, and both push.",
	Strategy: noRetries(consuming(pushAndAcknowledge)),
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Pause: 1}},
	Want:     reports.Duplicated,
}

// A round of SCAN may return anything, nothing as well, until the cursor is 0. With
// few keys all of them come in the first round, and with many the marks that come
// later count as missing.
//
// Repair: an iterator, which goes round until the cursor is 0.
var scanCursorForgotten = Defect{
	Name:    "scan-cursor-forgotten",
	Mistake: "Whether a chunk is done is looked up among the keys that the first round of SCAN returns.",
	Strategy: noRetries(markingByKey(func(ctx context.Context, env lock.Env, pattern string) (keys []string, err error) {
		keys, _, err = env.Redis.Scan(ctx, 0, pattern, 0).Result()
		return keys, err
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1},
	Want:  reports.Duplicated,
}

// markingByKey opens a session that marks what is done with a key for each chunk,
// and finds the keys under a lease.
func markingByKey(find func(ctx context.Context, env lock.Env, pattern string) ([]string, error)) opening {
	return sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		lease, err := obtain(ctx, env, chunk, env.Keys.Lock(chunk))
		if err != nil {
			return nil, err
		}
		done := env.Keys.List + ":done:"
		marks, err := find(ctx, env, done+"*")
		if err == nil && slices.Contains(marks, done+strconv.Itoa(chunk)) {
			err = lock.ErrCommitted
		}
		if err != nil {
			return nil, errors.Join(err, lease.Release(ctx))
		}
		return markedByKey{lease, done + strconv.Itoa(chunk)}, nil
	})
}

type markedByKey struct {
	leased
	mark string
}

func (c markedByKey) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	_, err := c.Env.Redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.LPush(ctx, c.Env.Keys.List, lock.Arguments(elements)...)
		tx.SetBit(ctx, c.Env.Keys.Chunks, int64(c.Chunk()), 1)
		tx.Set(ctx, c.mark, 1, 0)
		return nil
	})
	return committed(c.Chunk(), err)
}
