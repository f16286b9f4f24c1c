package defects

import (
	"context"
	"errors"
	"strconv"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

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

func (s consumer) fresh(ctx context.Context) ([]redis.XMessage, error) {
	streams, err := s.env.Redis.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: group, Consumer: s.env.Token, Streams: []string{s.stream, ">"}, Count: 1, Block: -1,
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
	Name:    "claimed-from-the-living",
	Mistake: "An entry that has been idle for a while is taken from its worker, which may be slow and not dead, and both push.",
	Strategy: noRetries(consuming(func(ctx context.Context, e entry, elements [][]byte) error {
		_, err := e.Env.Redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			tx.LPush(ctx, e.Env.Keys.List, lock.Arguments(elements)...)
			tx.XAck(ctx, e.from.stream, group, e.id)
			return nil
		})
		return err
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Pause: 1}},
	Want:  reports.Duplicated,
}
