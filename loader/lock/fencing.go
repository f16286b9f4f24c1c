package lock

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/bsm/redislock"
	"github.com/redis/go-redis/v9"
)

// Fencing is a lease with a fencing token, as Kleppmann describes it in "How to do
// distributed locking" (2016): who takes the lease also gets a number greater than all
// before, and the commit takes effect only with the newest.
var Fencing = Strategy{
	Name:    "fencing",
	Summary: "lease with a fencing token that the commit checks, and nothing else",

	How: "A lease as in set-nx-recheck. Whoever takes it also gets a token, the next number of a counter of the chunk's, and only then looks at the chunk's bit. A script commits if the token is the newest that was given out, so a worker whose lease ran out and was taken by another is refused.",
	Rests: "On the counter never going back, and on no commit arriving twice. The newest token says who may commit, not whether it was done: a client that repeats a commit whose reply was lost pushes the rows again with the same token. " +
		"And a server that forgets the counter counts from one again, so that an old token is as good as a new one. " +
		"The smallest change that makes it safe is to look at the chunk's bit in the same script: that is fencing-bit.",
	Cost: "One short request more than the lease, a field in a hash for each chunk, and a server that may run scripts.",
	Use:  "Where the store of the results is another than the one that counts, and each result overwrites the one before. For a list that grows, look at the bit.",

	Clocked:  true,
	ListOnly: true,
	Open: func(_ context.Context, env Env) (Session, error) {
		return fenced(env, countUp, func(l setNXClaim, token int64) Claim { return fencedClaim{l, token} }), nil
	},
}

// countUp takes the next token of a chunk.
func countUp(ctx context.Context, env Env, chunk int) (int64, error) {
	return env.Redis.HIncrBy(ctx, env.Keys.Owners, fmt.Sprint(chunk), 1).Result()
}

// fenced goes over the chunks with a lease and a token for each.
func fenced(env Env, next func(context.Context, Env, int) (int64, error), claim func(l setNXClaim, token int64) Claim) Session {
	locker := redislock.New(env.Redis)
	return Sweep(env, UntilDone, func(ctx context.Context, chunk int) (Claim, error) {
		lease, err := obtain(ctx, env, locker, chunk)
		if err != nil {
			return nil, err
		}
		token, err := next(ctx, env, chunk)
		if err != nil {
			err = fmt.Errorf("take a token for chunk %d: %w", chunk, err)
		} else {
			// Only now: a commit between the look and the token would not be seen, and not be fenced off.
			err = Unmarked(ctx, env.Redis, env.Keys, chunk)
		}
		if err != nil {
			_ = lease.Release(context.WithoutCancel(ctx)) // it runs out by itself
			return nil, err
		}
		return claim(lease, token), nil
	})
}

var (
	//go:embed fence.lua
	fenceLua string

	fenceScript = redis.NewScript(fenceLua)
)

type fencedClaim struct {
	setNXClaim
	token int64
}

func (c fencedClaim) Commit(ctx context.Context, elements [][]byte) (Outcome, error) {
	return commitFenced(ctx, fenceScript, c.Env, c.chunk, c.token, elements)
}

// commitFenced carries out a script that says whether it committed the chunk.
func commitFenced(ctx context.Context, script *redis.Script, env Env, chunk int, token int64, elements [][]byte) (Outcome, error) {
	args := append(make([]any, 0, 4+len(elements)), chunk, token, env.PlanID, env.Keys.Push())
	keys := []string{env.Keys.List, env.Keys.Chunks, env.Keys.Owners, env.Keys.Plan}
	committed, err := script.Run(ctx, env.Redis, keys, appendArguments(args, elements)...).Bool()
	switch {
	case err != nil:
		return 0, fmt.Errorf("commit chunk %d: %w", chunk, planGone(err))
	case !committed:
		return Superseded, nil
	}
	return Committed, nil
}

// planGone is [ErrPlanGone] where a script said so.
func planGone(err error) error {
	if redis.HasErrorPrefix(err, "PLANGONE") {
		return ErrPlanGone
	}
	return err
}
