package lock

import "context"

// None has no lock and looks at nothing: each worker loads the whole table.
// It is the control that every check must catch.
var None = Strategy{
	Name:    "none",
	Summary: "no lock: every worker loads every chunk",

	How: "Every worker loads every chunk, in order: it reads the rows from MySQL, then pushes them and sets the chunk's bit in one transaction. " +
		"No worker checks what is already done, and none waits for another.",
	Rests: "Nothing. With several workers each of them sends the whole table, and a worker that is started again sends it once more.",
	Cost:  "The cheapest commit there is, one transaction a chunk. But each worker reads and sends the whole table, so the work grows with the number of workers.",
	Use:   "As a control: a harness that does not catch this has gone blind. For data, at most one worker into an empty list, and after any failure begin again from nothing.",

	Open: func(_ context.Context, env Env) (Session, error) {
		return Sweep(env, OnePass, func(_ context.Context, chunk int) (Claim, error) {
			return NewUnlocked(env, chunk), nil
		}), nil
	},
}
