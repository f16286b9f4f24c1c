package live

import (
	"context"
	"maps"
	"slices"

	"onceover/reports/format"
	"onceover/scenarios/target"
	"onceover/scenarios/worker"
)

// follower is a consumer of a stream. It reads what is added, and takes nothing away: what
// others delete later was consumed all the same.
type follower struct {
	run  *run
	last string // entry that was read
	seen map[string][]byte
}

func (f *follower) String() string { return "of the stream" }

func (f *follower) popped() int64 { return 0 }

func (f *follower) saw(entry string) bool { return f.seen[entry] != nil }

func (f *follower) each(visit func(target.Element) error) error {
	for _, id := range slices.Sorted(maps.Keys(f.seen)) {
		if err := visit(target.Element{Key: f.run.name, ID: id, Content: f.seen[id]}); err != nil {
			return err
		}
	}
	return nil
}

func (f *follower) work(ctx context.Context) {
	for ctx.Err() == nil {
		if err := f.read(ctx); err != nil && ctx.Err() == nil {
			f.run.noteConsumer(f.String() + " interrupted: " + format.OneLine(err))
			_ = worker.Sleep(ctx, 10*look)
		}
	}
}

// read follows the stream until it cannot, or is told to stop.
func (f *follower) read(ctx context.Context) error {
	client, err := f.run.world.admin(ctx, f.run.redis)
	if err != nil {
		return err
	}
	defer client.Close()
	for ctx.Err() == nil {
		if err := f.run.target.After(ctx, client, f.last, f.take); err != nil {
			return err
		}
		_ = worker.Sleep(ctx, look)
	}
	return ctx.Err()
}

func (f *follower) take(e target.Element) error {
	if e.ID != "" { // else the key is of another type, which the judge sees
		f.seen[e.ID], f.last = e.Content, e.ID
	}
	return nil
}

// settle has nothing to learn: what it has not read yet is still there.
func (f *follower) settle(context.Context) error { return nil }
