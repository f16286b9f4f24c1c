package lock

import "context"

// BitmapOnly reads the chunk's bit and loads the chunk if it is not set. Two
// workers that read the bit before either commits both load the chunk.
var BitmapOnly = Strategy{
	Name:    "bitmap",
	Summary: "read the chunk's bit, no lock",

	How: "A bitmap in Redis has one bit for each chunk. A worker reads the bit; if it is not set, it reads the rows from MySQL, then pushes them and sets the bit in one transaction. " +
		"What is not marked is looked at again, until every bit is set.",
	Rests: "On nobody else being between the look at the bit and the commit, and nothing ensures that: the transaction sets the bit whatever it was before, so two workers that both saw it unset both push the rows. " +
		"What does hold is that rows and bit come together or not at all. A death leaves nothing half done, and what is missing is taken up again.",
	Cost: "One short request more than without any lock. Workers that go over the chunks in the same order read the same rows at the same time, mostly in vain.",
	Use:  "With one worker at a time, as a mark of progress from which an interrupted load goes on. Not with several.",

	Open: func(_ context.Context, env Env) (Session, error) {
		return Sweep(env, UntilDone, func(ctx context.Context, chunk int) (Claim, error) {
			return look(ctx, env, chunk)
		}), nil
	},
}

// look claims a chunk that is not marked, whoever else has it.
func look(ctx context.Context, env Env, chunk int) (Claim, error) {
	if err := Unmarked(ctx, env.Redis, env.Keys, chunk); err != nil {
		return nil, err
	}
	return NewUnlocked(env, chunk), nil
}
