package lock

import "context"

// Lua is the commit of [LeaseLua] without its lease: nothing is claimed, and the first
// commit of a chunk takes effect.
var Lua = Strategy{
	Name:    "lua",
	Summary: "no lock: a commit conditional on the chunk's bit",

	How: "Nothing is locked. A worker reads the chunk's bit, and the rows if it is not set. One script commits: if the bit is set by now it pushes nothing; " +
		"otherwise it sets the bit, notes whose commit it was, and pushes the rows. Each worker goes over the chunks in an order of its own, so that two seldom read the same.",
	Rests: "On the commit alone, as in lease-lua: it reads the bit and sets it in one step. What is left is the server's memory: if it forgets rows, it forgets their bits too, and they are loaded again. A consumer that had taken them sees them twice.",
	Cost:  "Two requests a chunk. Towards the end, when few chunks are left, several workers read the same rows and all but one in vain. After a death nobody waits for anything.",
	Use:   "For loads by few workers, or where reading is cheap. With many workers a lease saves reads.",

	MaxRetries:  -1,
	Conditional: true,
	Open: func(_ context.Context, env Env) (Session, error) {
		return Sweep(env, Shuffled, func(ctx context.Context, chunk int) (Claim, error) {
			return unlessMarked(ctx, env, chunk)
		}), nil
	},
}

// unlessMarked claims a chunk that is not marked, to be committed by [CommitScript].
func unlessMarked(ctx context.Context, env Env, chunk int) (Claim, error) {
	if err := Unmarked(ctx, env.Redis, env.Keys, chunk); err != nil {
		return nil, err
	}
	return NewConditional(env, chunk, CommitScript), nil
}
