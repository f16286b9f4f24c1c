package loader

import (
	"context"
	_ "embed"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

//go:embed measure.lua
var measureLua string

// fullness is how much a list or a stream holds.
type fullness struct {
	now    int64 // elements or entries
	ever   int64 // entries that were ever added to the stream, where Redis counts them; else now
	groups int64 // of the stream's consumers
}

// measure asks how full a target is.
func measure(ctx context.Context, client *redis.Client, keys lock.Keys) (fullness, error) {
	f, err := askFor(ctx, client, keys)()
	return f, redisProblem(err)
}

// askFor asks how full a target is, in a transaction too, after which the answer is there.
func askFor(ctx context.Context, on redis.Cmdable, keys lock.Keys) (answer func() (fullness, error)) {
	if !keys.Stream {
		length := on.LLen(ctx, keys.List)
		return func() (fullness, error) {
			n, err := length.Result()
			return fullness{now: n, ever: n}, err
		}
	}
	counts := on.Eval(ctx, measureLua, []string{keys.List})
	return func() (f fullness, err error) {
		n, err := counts.Int64Slice()
		if err == nil {
			f = fullness{n[0], n[1], n[2]}
		}
		return f, err
	}
}

// measures is the command that measures a target.
func measures(keys lock.Keys) string {
	if keys.Stream {
		return "XINFO|STREAM"
	}
	return "LLEN"
}
