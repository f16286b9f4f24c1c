package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/scenarios/servers"
	"onceover/scenarios/worker"
)

// refusal is a way in which a server is made to refuse writes.
type refusal struct {
	code  string // with which the error begins
	begin func(ctx context.Context, c *redis.Client, i *injection, way *refusal) (evidence string, err error)
	end   func(context.Context, *redis.Client) error
	asked []string // commands that begin and end have had executed
}

// A server of the harness's own has no limit of memory, no master, saves nothing of its own
// accord, and lets everybody write.
var waysToRefuse = map[string]refusal{
	faults.OOM: {
		code:  "OOM",
		begin: fillMemory,
		end:   set("maxmemory", "0"),
		asked: []string{"config|get", "config|set", "config|set"},
	},
	faults.ReadOnly: {
		code:  "READONLY",
		begin: first("it was made a replica of nobody", do("REPLICAOF", "127.0.0.1", "1")),
		end:   do("REPLICAOF", "NO", "ONE"),
		asked: []string{"replicaof", "replicaof"},
	},
	faults.NoReplicas: {
		code:  "NOREPLICAS",
		begin: first("min-replicas-to-write was set to 1, and no replica follows it", set("min-replicas-to-write", "1")),
		end:   set("min-replicas-to-write", "0"),
		asked: []string{"config|set", "config|set"},
	},
	faults.MisConf: {
		code:  "MISCONF",
		begin: failToSave,
		end:   set("save", "", keyDelay, "0"),
		asked: []string{"config|set", "set", "bgsave", "config|set", "config|set"},
	},
	faults.Denied: {
		code:  "NOPERM",
		begin: first("its user lost the right to write", do("ACL", "SETUSER", "default", "-@write")),
		end:   do("ACL", "SETUSER", "default", "+@write"),
		asked: []string{"acl|setuser", "acl|setuser"},
	},
	faults.Busy: {
		code:  "BUSY",
		begin: keepBusy,
		end:   endScript,
		asked: []string{"config|set", "eval", "script|kill", "config|set"},
	},
}

// do is a command whose answer does not matter, and set one that changes settings.
func do(command ...any) func(context.Context, *redis.Client) error {
	return func(ctx context.Context, c *redis.Client) error { return c.Do(ctx, command...).Err() }
}

func set(settings ...any) func(context.Context, *redis.Client) error {
	return do(append([]any{"CONFIG", "SET"}, settings...)...)
}

// first begins a refusal with one step, which is its evidence.
func first(evidence string, step func(context.Context, *redis.Client) error) func(context.Context, *redis.Client, *injection, *refusal) (string, error) {
	return func(ctx context.Context, c *redis.Client, _ *injection, _ *refusal) (string, error) {
		return evidence, step(ctx, c)
	}
}

// fillMemory leaves the server no memory, and does not let it evict anything.
func fillMemory(ctx context.Context, c *redis.Client, _ *injection, _ *refusal) (string, error) {
	is, err := c.ConfigGet(ctx, "maxmemory*").Result()
	switch {
	case err != nil:
		return "", err
	case is["maxmemory"] != "0" || is["maxmemory-policy"] != "noeviction":
		return "", fmt.Errorf("maxmemory is %s, with the policy %s", is["maxmemory"], is["maxmemory-policy"])
	}
	return "maxmemory was set to 1", c.ConfigSet(ctx, "maxmemory", "1").Err()
}

// keyDelay makes the process that saves a Redis slow, in microseconds a key.
const keyDelay = "rdb-key-save-delay"

// failToSave kills the process that saves the data, which Redis takes as it takes a full
// disk: https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/. Writes are
// refused only where it is to save of its own accord, which begins with that: a save that
// failed earlier counts as well.
func failToSave(ctx context.Context, c *redis.Client, i *injection, way *refusal) (string, error) {
	if err := errors.Join(set(keyDelay, "10000000")(ctx, c), do("SET", i.list+probed, "")(ctx, c), do("BGSAVE")(ctx, c)); err != nil {
		return "", err
	}
	killed, err := i.redis.KillChildren(ctx)
	if err != nil || len(killed) == 0 {
		return "", errors.Join(errors.New("no process of Redis was saving its data"), err)
	}
	for {
		status, err := c.Info(ctx, "persistence").Result()
		way.asked = append(slices.Clip(way.asked), "info")
		if err == nil && strings.Contains(status, "rdb_bgsave_in_progress:0") {
			return "its process that saved the data was killed", set("save", "3600 1")(ctx, c)
		}
		if err = errors.Join(err, worker.Sleep(ctx, look)); err != nil {
			return "", err
		}
	}
}

// keepBusy has the server run a script without end, over a connection of its own. That ends
// with the script.
func keepBusy(ctx context.Context, c *redis.Client, _ *injection, way *refusal) (string, error) {
	if err := set(busyAfter, "1")(ctx, c); err != nil {
		return "", err
	}
	own := *c.Options()
	own.ReadTimeout, own.MaxRetries = -1, -1 // a second script would outlive the first
	runs := servers.OpenRedis(&own)
	go func() {
		defer runs.Close()
		_ = runs.Eval(context.WithoutCancel(ctx), "while true do end", nil).Err() // it is killed
	}()
	for {
		err := c.Ping(ctx).Err()
		if redis.HasErrorPrefix(err, "BUSY") {
			return "a script was started that does not end", nil
		}
		way.asked = append(slices.Clip(way.asked), "ping")
		if err = errors.Join(err, worker.Sleep(ctx, look)); err != nil {
			return "", err
		}
	}
}

const busyAfter = "busy-reply-threshold" // in ms

// endScript kills the script, if it runs. The server promises that, and does it a little later.
func endScript(ctx context.Context, c *redis.Client) error {
	err := c.ScriptKill(ctx).Err()
	if redis.HasErrorPrefix(err, "NOTBUSY") {
		err = nil
	}
	for err == nil {
		if err = set(busyAfter, "5000")(ctx, c); !redis.HasErrorPrefix(err, "BUSY") {
			return err
		}
		err = worker.Sleep(ctx, look)
	}
	return err
}
