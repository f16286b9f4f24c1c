package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/scenarios/worker"
)

var _ = register(faults.Refuse, refuse{})

type refuse struct{ offWire }

func (refuse) Unable(o Options) string {
	if o.Redis != nil {
		return "the Redis server was not started here, so its settings are left alone"
	}
	return ""
}

// refusal is a way in which a server is made to refuse writes.
type refusal struct {
	code  string // with which the error begins
	begin func(context.Context, *redis.Client) (evidence string, err error)
	end   func(context.Context, *redis.Client) error
	asked []string // commands of begin and end
}

// A server of the harness's own has no limit of memory, and no master.
var waysToRefuse = map[string]refusal{
	faults.OOM: {
		code:  "OOM",
		begin: fillMemory,
		end: func(ctx context.Context, c *redis.Client) error {
			return c.ConfigSet(ctx, "maxmemory", "0").Err()
		},
		asked: []string{"config|get", "config|set", "config|set"},
	},
	faults.ReadOnly: {
		code: "READONLY",
		begin: func(ctx context.Context, c *redis.Client) (string, error) {
			return "it was made a replica of nobody", c.Do(ctx, "REPLICAOF", "127.0.0.1", "1").Err()
		},
		end: func(ctx context.Context, c *redis.Client) error {
			return c.Do(ctx, "REPLICAOF", "NO", "ONE").Err()
		},
		asked: []string{"replicaof", "replicaof"},
	},
	faults.NoReplicas: {
		code: "NOREPLICAS",
		begin: func(ctx context.Context, c *redis.Client) (string, error) {
			return "min-replicas-to-write was set to 1, and no replica follows it", c.ConfigSet(ctx, "min-replicas-to-write", "1").Err()
		},
		end: func(ctx context.Context, c *redis.Client) error {
			return c.ConfigSet(ctx, "min-replicas-to-write", "0").Err()
		},
		asked: []string{"config|set", "config|set"},
	},
}

// fillMemory leaves the server no memory, and does not let it evict anything.
func fillMemory(ctx context.Context, c *redis.Client) (string, error) {
	is, err := c.ConfigGet(ctx, "maxmemory*").Result()
	switch {
	case err != nil:
		return "", err
	case is["maxmemory"] != "0" || is["maxmemory-policy"] != "noeviction":
		return "", fmt.Errorf("maxmemory is %s, with the policy %s", is["maxmemory"], is["maxmemory-policy"])
	}
	return "maxmemory was set to 1", c.ConfigSet(ctx, "maxmemory", "1").Err()
}

// Inject makes the server refuse writes, when it is there. That has effect when a write of
// the harness's own is refused with that error, and is over when one is accepted.
func (r refuse) Inject(i *injection) {
	if i.redis.isAway() {
		i.after(look, func() { r.Inject(i) })
		return
	}
	way := waysToRefuse[i.Word]
	i.redis.away() // it refuses the harness as well
	i.refused = &way
	i.attempt(func() (string, error) { return i.beginRefusal(way) }, func(evidence string) {
		i.goOn()
		i.seen(evidence)
		i.recovery.serverGone(i.pendingFault, loss{}, i.at())
		i.after(i.For, func() { i.writeAgain(way) })
	})
}

// beginRefusal takes back what it has done if the server still accepts writes.
func (i *injection) beginRefusal(way refusal) (evidence string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), signalWait)
	defer cancel()
	client, err := i.admin(ctx)
	if err == nil {
		defer client.Close()
		evidence, err = way.begin(ctx, client)
	}
	if err == nil {
		if refused := i.probe(ctx, client); !redis.HasErrorPrefix(refused, way.code) {
			err = fmt.Errorf("a write of the harness came to %v, not to %s", refused, way.code)
		} else {
			evidence += "; a write of the harness was refused: " + refused.Error()
		}
	}
	if err != nil {
		err = errors.Join(err, i.endRefusal(ctx, way))
		i.redis.back()
	}
	return evidence, err
}

// probe writes a key of the run, and deletes it.
func (in *injections) probe(ctx context.Context, client *redis.Client) error {
	key := in.list + ":probe"
	if err := client.Set(ctx, key, "", time.Minute).Err(); err != nil {
		return err
	}
	return client.Del(ctx, key).Err()
}

// endRefusal waits until the server accepts a write.
func (in *injections) endRefusal(ctx context.Context, way refusal) error {
	client, err := in.admin(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	for err = way.end(ctx, client); err == nil; {
		if err = in.probe(ctx, client); !redis.HasErrorPrefix(err, way.code) {
			return err
		}
		err = worker.Sleep(ctx, look)
	}
	return err
}

func (i *injection) writeAgain(way refusal) {
	i.later(func() func() {
		ctx, cancel := context.WithTimeout(context.Background(), serverWait)
		defer cancel()
		err := i.endRefusal(ctx, way)
		return func() {
			if err != nil {
				i.failure = err // nothing can be checked with it
				return
			}
			for _, command := range append([]string{"set", "del"}, way.asked...) {
				i.meter.asked(command, 1)
			}
			i.refused = nil
			i.redis.back()
			i.heal("a write of the harness was accepted again")
		}
	})
}

// restore ends a refusal that the run did not live to end: the server is used again.
func (in *injections) restore(ctx context.Context) error {
	if in.refused == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandonWait)
	defer cancel()
	return in.endRefusal(ctx, *in.refused)
}
