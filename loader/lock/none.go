package lock

import "context"

// None has no lock and looks at nothing: each worker loads the whole table.
// It is the control that every check must catch.
var None = Strategy{
	Name:    "none",
	Summary: "no lock: every worker loads every chunk",
	Open: func(_ context.Context, env Env) (Session, error) {
		return Sweep(env, OnePass, func(_ context.Context, chunk int) (Claim, error) {
			return unlocked{env, chunk}, nil
		}), nil
	},
}
