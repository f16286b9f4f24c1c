package lock

import "context"

// Static deals the chunks out by number: worker 2 of 8 has chunks 2, 10, 18 and so on.
// Nobody looks after the share of a worker that is gone.
var Static = Strategy{
	Name:    "static",
	Summary: "each worker has its share by number, and no other",

	How: "No lock is needed, because the chunks are dealt out beforehand: worker 2 of 8 loads chunks 2, 10, 18 and so on, those that are not marked, and pushes the rows and sets the bit in one transaction.",
	Rests: "On every worker living until its share is done, or being started again under its number, and on no two lives of one worker being at work at once. " +
		"A worker that is gone for good leaves its share behind, and the others say that nothing is left to do. " +
		"An orchestrator that starts a worker anew while the old one only stands still makes two of it, and both push. " +
		"The smallest change that makes it safe is static-lua: when the own share is done, go over the rest, and commit by a script that looks at the bit.",
	Cost: "One short request a chunk beside the commit. Nobody is ever in another's way; but the job takes as long as the slowest worker.",
	Use:  "Where something else ensures that each number is worked on by exactly one process, to the end.",

	Open: func(_ context.Context, env Env) (Session, error) {
		return ownShare(env, look), nil
	},
}

// ownShare goes over the chunks of one's own number once.
func ownShare(env Env, take func(context.Context, Env, int) (Claim, error)) Session {
	return Sweep(env, OnePass, func(ctx context.Context, chunk int) (Claim, error) {
		if chunk%max(env.Workers, 1) != env.Worker%max(env.Workers, 1) {
			return nil, ErrHeld
		}
		return take(ctx, env, chunk)
	})
}
