package defects

import (
	"context"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// committed is the outcome of a commit without conditions.
func committed(chunk int, err error) (lock.Outcome, error) {
	if err != nil {
		return 0, fmt.Errorf("commit chunk %d: %w", chunk, err)
	}
	return lock.Committed, nil
}

// pushIf pushes a chunk's rows and sets its bit if a condition in Lua holds. It
// sees the list, the bitmap and more keys, the chunk and more arguments.
func pushIf(ctx context.Context, client *redis.Client, keys lock.Keys, condition string, chunk int, elements [][]byte, more []string, args ...any) (pushed bool, err error) {
	script := fmt.Sprintf(`
		if not (%s) then
		  return 0
		end
		redis.call('SETBIT', KEYS[2], ARGV[1], 1)
		if #ARGV > %[2]d then
		  redis.call('LPUSH', KEYS[1], unpack(ARGV, %[2]d + 1))
		end
		return 1`, condition, 1+len(args))
	n, err := client.Eval(ctx, script, append([]string{keys.List, keys.Chunks}, more...),
		slices.Concat([]any{chunk}, args, lock.Arguments(elements))...).Int()
	return n == 1, err
}

// uncommitted is the condition under which a commit is safe, whatever fails.
const uncommitted = `redis.call('GETBIT', KEYS[2], ARGV[1]) == 0`

// lookOnly claims a chunk whose bit is not set, without any lock.
func lookOnly(ctx context.Context, env lock.Env, chunk int) (lock.Unlocked, error) {
	return lock.NewUnlocked(env, chunk), lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
}
