package lock

import "context"

// BitmapOnly reads the chunk's bit and loads the chunk if it is not set. Two
// workers that read the bit before either commits both load the chunk.
var BitmapOnly = Strategy{
	Name:    "bitmap",
	Summary: "read the chunk's bit, no lock",
	Open: func(_ context.Context, env Env) (Session, error) {
		return Sweep(env, UntilDone, func(ctx context.Context, chunk int) (Claim, error) {
			if err := marked(ctx, env, chunk); err != nil {
				return nil, err
			}
			return unlocked{env, chunk}, nil
		}), nil
	},
}
