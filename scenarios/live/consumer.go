package live

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios/worker"
)

// consumers pop elements while the load goes on. Each moves them to a list of
// its own, one at a time, and keeps what it was given: what the server forgets
// later was consumed all the same.
type consumers struct {
	cancel  context.CancelFunc
	running sync.WaitGroup
	all     []*consumer
}

type consumer struct {
	run   *run
	key   string // where it moves the elements to
	taken [][]byte
	known int64        // the elements of key that are in taken
	count atomic.Int64 // of taken, for others to read
}

// consume starts the consumers that the workload asks for.
func (r *run) consume() *consumers {
	ctx, cancel := context.WithCancel(context.Background())
	c := &consumers{cancel: cancel}
	for i := range r.e.Workload.Consumers {
		one := &consumer{run: r, key: fmt.Sprintf("%s:popped:%d", r.name, i)}
		c.all = append(c.all, one)
		c.running.Go(func() { one.work(ctx) })
	}
	return c
}

// stop ends the consumers. Without knowing what became of the last request of
// each, nothing could be said of the list.
func (c *consumers) stop(ctx context.Context) error {
	c.cancel()
	c.running.Wait()
	for _, one := range c.all {
		if err := one.settle(ctx); err != nil {
			return fmt.Errorf("consumer %s: %w", one.key, err)
		}
	}
	return nil
}

func (c *consumers) popped() (n int64) {
	if c == nil {
		return 0
	}
	for _, one := range c.all {
		n += one.count.Load()
	}
	return n
}

// work pops until it is told to stop. After an error it looks what became of
// its last request, whose element may have been moved without a reply.
func (c *consumer) work(ctx context.Context) {
	for ctx.Err() == nil {
		client, err := c.run.world.admin(context.WithoutCancel(ctx), c.run.redis) // see grab
		if err == nil {
			if err = c.catchUp(ctx, client); err == nil {
				err = c.pop(ctx, client)
			}
			client.Close()
		}
		if ctx.Err() == nil {
			c.tell("interrupted: " + format.OneLine(err))
			_ = worker.Sleep(ctx, 10*look)
		}
	}
}

// handful is how many elements a consumer asks for at once while there are any, so
// that it keeps up with the workers.
const handful = 50

func (c *consumer) pop(ctx context.Context, client *redis.Client) error {
	for n := 1; ctx.Err() == nil; {
		got, err := c.grab(client, n)
		if err != nil {
			return err
		}
		n = handful
		if !got {
			n = 1
			_ = worker.Sleep(ctx, look)
		}
	}
	return ctx.Err()
}

// grab takes at most n elements, and tells whether there was one.
func (c *consumer) grab(client *redis.Client, n int) (got bool, err error) {
	// Not with the context of the run: a request that is given up half-way has an unknown outcome.
	replies, err := client.Pipelined(context.Background(), func(p redis.Pipeliner) error {
		for range n {
			p.LMove(context.Background(), c.run.name, c.key, "RIGHT", "RIGHT")
		}
		return nil
	})
	for _, reply := range replies {
		element, err := reply.(*redis.StringCmd).Bytes()
		switch {
		case errors.Is(err, redis.Nil):
		case err != nil:
			return got, err
		default:
			c.take(element)
			got = true
		}
	}
	if errors.Is(err, redis.Nil) {
		err = nil
	}
	return got, err
}

func (c *consumer) take(element []byte) {
	c.taken = append(c.taken, element)
	c.known++
	c.count.Add(1)
}

// catchUp takes in what was moved without a reply, and notes what the server
// has forgotten.
func (c *consumer) catchUp(ctx context.Context, client *redis.Client) error {
	length, err := client.LLen(ctx, c.key).Result()
	if err != nil {
		return err
	}
	if length < c.known {
		c.tell(fmt.Sprintf("the server forgot %d popped elements", c.known-length))
		c.known = length
		return nil
	}
	missed, err := client.LRange(ctx, c.key, c.known, -1).Result()
	if err != nil {
		return err
	}
	for _, element := range missed {
		c.take([]byte(element))
	}
	return nil
}

// settle catches up once more after the last worker has ended.
func (c *consumer) settle(ctx context.Context) error {
	client, err := c.run.world.admin(ctx, c.run.redis)
	if err != nil {
		return err
	}
	defer client.Close()
	return c.catchUp(ctx, client)
}

func (c *consumer) tell(text string) {
	c.run.post(func() {
		c.run.note(reports.Event{Kind: reports.EventConsumer, Worker: -1, Chunk: -1, Text: c.key + " " + text})
	})
}
