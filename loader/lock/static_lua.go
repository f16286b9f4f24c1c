package lock

import "context"

// StaticLua is [Static] with the commit of [Lua]. So a worker that has done its share may
// go over the others' as well.
var StaticLua = Strategy{
	Name:    "static-lua",
	Summary: "each worker begins with its share, and all commits are conditional on the chunk's bit",

	How:   "Each worker begins with its share by number, as in static, and then goes over what is not marked of the others'. One script commits: if the chunk's bit is set it pushes nothing; otherwise it sets the bit and pushes the rows.",
	Rests: "On the commit alone, as in lua. The shares only save reads: it makes no difference whether two workers have the same number, or whether one is gone.",
	Cost:  "Two requests a chunk. While the shares last nothing is read in vain; then the fast workers read what the slow ones still have.",
	Use:   "For loads by a known number of equal workers. With workers that come and go, lease-lua reads less in vain.",

	MaxRetries:  -1,
	Conditional: true,
	Open: func(_ context.Context, env Env) (Session, error) {
		return InTurn(ownShare(env, unlessMarked), Sweep(env, Shuffled, func(ctx context.Context, chunk int) (Claim, error) {
			return unlessMarked(ctx, env, chunk)
		})), nil
	},
}
