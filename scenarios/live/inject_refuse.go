package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/reports/format"
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
	i.later(func() func() {
		evidence, err, stays := i.beginRefusal(&way)
		return func() {
			switch {
			case stays != nil:
				i.failure = errors.Join(err, stays) // nothing can be checked with the server
				return
			case err != nil:
				i.refused = nil
				i.redis.back()
				i.goOn()
				i.abandon(format.OneLine(err))
				return
			}
			i.goOn()
			i.seen(evidence)
			i.recovery.serverGone(i.pendingFault, loss{}, i.at())
			i.after(i.For, func() { i.writeAgain(&way) })
		}
	})
}

// beginRefusal takes back what it has done if the server still accepts writes. That it cannot
// is the second error.
func (i *injection) beginRefusal(way *refusal) (evidence string, err, stays error) {
	ctx, cancel := context.WithTimeout(context.Background(), serverWait)
	defer cancel()
	client, err := i.admin(ctx)
	if err == nil {
		defer client.Close()
		evidence, err = way.begin(ctx, client, i, way)
	}
	if err == nil {
		if refused := i.probe(ctx, client); !redis.HasErrorPrefix(refused, way.code) {
			err = fmt.Errorf("a write of the harness came to %v, not to %s", refused, way.code)
		} else {
			evidence += "; a write of the harness was refused: " + refused.Error()
		}
	}
	if err != nil { // the time may be over
		ctx, cancel := context.WithTimeout(context.Background(), serverWait)
		defer cancel()
		stays = i.endRefusal(ctx, way)
	}
	return evidence, err, stays
}

// probed is what the names of the harness's own keys end with.
const probed = ":probe"

// probe writes a key of the run, and deletes it.
func (in *injections) probe(ctx context.Context, client *redis.Client) error {
	key := in.list + probed
	if err := client.Set(ctx, key, "", time.Minute).Err(); err != nil {
		return err
	}
	return client.Del(ctx, key).Err()
}

// endRefusal waits until the server accepts a write.
func (in *injections) endRefusal(ctx context.Context, way *refusal) error {
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

func (i *injection) writeAgain(way *refusal) {
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
	return in.endRefusal(ctx, in.refused)
}
