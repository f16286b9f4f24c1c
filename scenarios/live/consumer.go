package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios/target"
	"onceover/scenarios/worker"
)

// consumers consume elements while the load goes on: what the server forgets later was
// consumed all the same.
type consumers struct {
	cancel  context.CancelFunc
	running sync.WaitGroup
	all     []taker
}

// taker is a consumer.
type taker interface {
	work(context.Context)
	// settle learns what became of the last request.
	settle(context.Context) error
	// popped is how many elements are no longer in the target.
	popped() int64
	// each visits what was consumed, and saw tells whether an entry of a stream was.
	each(visit func(target.Element) error) error
	saw(entry string) bool
	String() string
}

// consumer pops from lists. It moves elements to a list of its own, one at a time, and keeps
// what it was given.
type consumer struct {
	run   *run
	key   string // where it moves the elements to
	next  int    // list to pop from
	taken [][]byte
	known int64        // the elements of key that are in taken
	count atomic.Int64 // of taken, for others to read
}

// consume starts the consumers that the workload asks for.
func (r *run) consume() *consumers {
	ctx, cancel := context.WithCancel(context.Background())
	c := &consumers{cancel: cancel}
	for i := range r.e.Workload.Consumers {
		c.all = append(c.all, &consumer{run: r, key: fmt.Sprintf("%s:popped:%d", r.name, i)})
	}
	if r.target.Stream() && len(c.all) > 0 { // a second one would read the same
		c.all = []taker{&follower{run: r, seen: map[string][]byte{}}}
	}
	for _, one := range c.all {
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
			return fmt.Errorf("consumer %s: %w", one, err)
		}
	}
	return nil
}

func (c *consumers) popped() (n int64) {
	if c == nil {
		return 0
	}
	for _, one := range c.all {
		n += one.popped()
	}
	return n
}

// each visits what was consumed, once for each time.
func (c *consumers) each(visit func(target.Element) error) error {
	for _, one := range c.all {
		if err := one.each(visit); err != nil {
			return err
		}
	}
	return nil
}

// saw tells whether an entry of a stream was consumed.
func (c *consumers) saw(entry string) bool {
	return slices.ContainsFunc(c.all, func(one taker) bool { return one.saw(entry) })
}

func (c *consumer) String() string { return c.key }

func (c *consumer) popped() int64 { return c.count.Load() }

func (c *consumer) saw(string) bool { return false }

func (c *consumer) each(visit func(target.Element) error) error {
	for _, content := range c.taken {
		if err := visit(target.Element{Key: c.key, Content: content}); err != nil {
			return err
		}
	}
	return nil
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
	idle := min(len(c.run.target.Keys()), handful)
	for n := idle; ctx.Err() == nil; {
		got, err := c.grab(client, n)
		if err != nil {
			return err
		}
		n = handful
		if !got {
			n = idle
			_ = worker.Sleep(ctx, look)
		}
	}
	return ctx.Err()
}

// grab takes at most n elements, and tells whether there was one.
func (c *consumer) grab(client *redis.Client, n int) (got bool, err error) {
	// Not with the context of the run: a request that is given up half-way has an unknown outcome.
	keys := c.run.target.Keys()
	replies, err := client.Pipelined(context.Background(), func(p redis.Pipeliner) error {
		for range n {
			p.LMove(context.Background(), keys[c.next%len(keys)], c.key, "RIGHT", "RIGHT")
			c.next++
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

func (r *run) noteConsumer(text string) {
	r.post(func() { r.note(reports.Event{Kind: reports.EventConsumer, Worker: -1, Chunk: -1, Text: text}) })
}

func (c *consumer) tell(text string) {
	c.run.noteConsumer(c.key + " " + text)
}
