package live

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
	"onceover/scenarios/servers"
	"onceover/scenarios/worker"
)

//go:embed rights.lua
var rightsScript string

// NoRightError says what the login of a Redis of the user's lacks.
type NoRightError struct{ Lacks []string }

func (e *NoRightError) Error() string {
	return "the Redis login may not run " + strings.Join(e.Lacks, ", ")
}

// askRights asks a Redis of the user's for what a run will need, before anything is
// started: workers that are refused would only fail again and again, until the run is
// stuck. What else is wrong with the server shows when it is connected to.
func (w *World) askRights(ctx context.Context) error {
	if w.options.Redis == nil {
		return nil
	}
	client := servers.OpenRedis(w.options.Redis)
	defer client.Close()
	lacks, err := client.Eval(ctx, rightsScript, nil, w.needs()...).StringSlice()
	switch {
	case redis.HasErrorPrefix(err, "NOPERM") && !w.external(): // the loader agrees by a script
		return fmt.Errorf("the Redis login may run no script: %w", err)
	case len(lacks) > 0:
		return &NoRightError{lacks}
	}
	return nil
}

// needs are pairs of a command and a key, of what the harness and its workers send in
// every run.
func (w *World) needs() (pairs []any) {
	keys := lock.KeysFor(w.name + ":1")
	of := func(key string, commands ...string) {
		for _, command := range commands {
			pairs = append(pairs, command, key)
		}
	}
	of(ownersKey, "HGETALL", "HSET", "HDEL")
	where, _ := w.options.Target.Of(worker.Contract{List: keys.List, Run: keys.List, Workers: 1}) // too many: a run says so
	for _, key := range where.Keys() {
		of(key, append(where.Reads(), "UNLINK")...)
	}
	of(keys.Chunks, "UNLINK")
	if !w.external() {
		of(keys.List, "LPUSH")
		of(keys.Plan, "HMGET", "HSET")
		of(keys.Chunks, "SETBIT", "GET")
	}
	return pairs
}
