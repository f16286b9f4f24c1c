package lock

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Streams hands out the chunks by a Redis stream and a group of consumers: a queue with a
// visibility timeout, which is the TTL of leases.
var Streams = Strategy{
	Name:    "streams",
	Summary: "a Redis stream hands out the chunks to a group, and idle ones are claimed again",

	How: "A stream has an entry for each chunk. XREADGROUP gives each entry to one worker of the group, and keeps it as pending until it is acknowledged. One transaction pushes the chunk's rows and acknowledges the entry. " +
		"An entry that has been pending for longer than a lease would last is taken over by the next worker that has nothing else to do (XAUTOCLAIM).",
	Rests: "On a worker that is slow being dead, and Redis cannot tell the two apart: the transaction pushes the rows whether the entry is still pending or not. A worker that stands still for longer than the timeout loses its entry to another, and both push. " +
		"So do two when a commit arrives only after its entry was taken over. " +
		"The smallest change that makes it safe is a script that pushes only if the entry is still to be acknowledged: that is streams-guarded.",
	Cost: "Two requests for each chunk, and a stream with an entry for each, which is filled in one step. After a death the chunk waits until the timeout is over.",
	Use:  "Where doing something twice does no harm, as with most queues: at least once is what it promises.",

	Clocked: true,
	Prepare: fillStream,
	Open: func(_ context.Context, env Env) (Session, error) {
		return newConsumer(env, func(chunk int, entry string) Claim {
			return entryClaim{NewUnlocked(env, chunk), entry}
		}), nil
	},
}

// entryClaim pushes and acknowledges in one transaction.
type entryClaim struct {
	Unlocked
	entry string
}

func (c entryClaim) Commit(ctx context.Context, elements [][]byte) (Outcome, error) {
	on := acknowledging{c.Env.Redis, c.Env, c.entry}
	return PushAndMark(ctx, on, c.Env.Keys, c.chunk, elements)
}

// acknowledging adds to each transaction that an entry is acknowledged, and deleted, so that
// the stream's length is what is left.
type acknowledging struct {
	Transactor
	env   Env
	entry string
}

func (a acknowledging) TxPipelined(ctx context.Context, queue func(redis.Pipeliner) error) ([]redis.Cmder, error) {
	return a.Transactor.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		if err := queue(tx); err != nil {
			return err
		}
		tx.XAck(ctx, a.env.Keys.Queue, a.env.PlanID, a.entry)
		tx.XDel(ctx, a.env.Keys.Queue, a.entry)
		return nil
	})
}

var (
	//go:embed queue.lua
	queueLua string

	queueScript = redis.NewScript(queueLua)
)

// fillStream fills the stream with the chunks that are not marked, unless that is done.
func fillStream(ctx context.Context, env Env) error {
	_, err := seeToStream(ctx, env)
	return err
}

// seeToStream fills the stream if it is not there, deletes it if nothing is left in it, and
// tells how many chunks are left.
func seeToStream(ctx context.Context, env Env) (left int, err error) {
	keys := []string{env.Keys.Queue, env.Keys.Chunks, env.Keys.Plan, env.Keys.Owners}
	left, err = queueScript.Run(ctx, env.Redis, keys, env.PlanID, env.Chunks).Int()
	if err != nil {
		return 0, fmt.Errorf("see to the stream of chunks: %w", planGone(err))
	}
	return left, nil
}

// consumer is a worker in the group, by its token.
type consumer struct {
	env   Env
	claim func(chunk int, entry string) Claim
	wait  time.Duration
}

func newConsumer(env Env, claim func(chunk int, entry string) Claim) *consumer {
	return &consumer{env: env, claim: claim, wait: firstWait}
}

// Next takes an entry that nobody has had, or else one that somebody has had for too long.
func (s *consumer) Next(ctx context.Context) (Claim, error) {
	for {
		entry, err := s.take(ctx)
		switch {
		case err != nil && !redis.HasErrorPrefix(err, "NOGROUP"):
			return nil, err
		case err == nil && entry != nil:
			s.wait = firstWait
			return s.claimOf(ctx, entry)
		}
		left, err := seeToStream(ctx, s.env)
		switch {
		case err != nil:
			return nil, err
		case left == 0:
			return nil, ErrDone
		}
		if err := s.env.Sleep(ctx, s.wait); err != nil {
			return nil, err
		}
		s.wait = min(2*s.wait, longestWait)
	}
}

func (s *consumer) claimOf(ctx context.Context, entry *redis.XMessage) (Claim, error) {
	text, _ := entry.Values["chunk"].(string)
	chunk, err := strconv.Atoi(text)
	if err != nil {
		return nil, fmt.Errorf("entry %s of stream %s is no chunk: %w", entry.ID, s.env.Keys.Queue, err)
	}
	if s.env.Claiming != nil {
		s.env.Claiming(ctx, chunk)
	}
	return s.claim(chunk, entry.ID), nil
}

// take returns nil if there is neither kind of entry.
func (s *consumer) take(ctx context.Context) (*redis.XMessage, error) {
	streams, err := s.env.Redis.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: s.env.PlanID, Consumer: s.env.Token, Streams: []string{s.env.Keys.Queue, ">"}, Count: 1, Block: -1,
	}).Result()
	switch {
	case err == nil:
		return &streams[0].Messages[0], nil
	case !errors.Is(err, redis.Nil):
		return nil, fmt.Errorf("take an entry of the stream: %w", err)
	}
	for from := ""; from != "0-0"; { // the first entries may be in good hands
		var entries []redis.XMessage
		entries, from, err = s.env.Redis.XAutoClaim(ctx, &redis.XAutoClaimArgs{
			Stream: s.env.Keys.Queue, Group: s.env.PlanID, Consumer: s.env.Token, MinIdle: s.env.TTL, Start: max(from, "0-0"), Count: 1,
		}).Result()
		switch {
		case err != nil:
			return nil, fmt.Errorf("claim an idle entry of the stream: %w", err)
		case len(entries) > 0:
			return &entries[0], nil
		}
	}
	return nil, nil
}

func (s *consumer) Close() error { return nil }
