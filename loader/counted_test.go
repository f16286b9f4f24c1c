package loader_test

import (
	"context"
	"errors"
	"testing"

	"onceover/loader"
)

// The counts made while a load runs add up to its summary, and a worker asks for its pace
// before each claim, while it holds none.
func TestCommitsAreCountedAndPaced(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	cfg := f.config(0, defaultStrategy)
	var counted loader.Summary
	bytes, paces, held := 0, 0, 0
	cfg.Counted = func(c loader.Commit) {
		counted.Rows += c.Rows
		bytes += c.Bytes
		if c.Ended {
			counted.Chunks++
		}
		if c.Superseded {
			counted.Superseded++
		}
	}
	first := true
	cfg.Hook = func(_ context.Context, at loader.Step, chunk int) {
		if at == loader.Read && first { // another worker is faster, once
			first = false
			f.redis.SetBit(t.Context(), "{list}:chunks", int64(chunk), 1)
		}
	}
	cfg.Pace = func(context.Context) error {
		paces++
		held += len(f.redis.Keys(t.Context(), "*:lock:*").Val())
		return nil
	}
	sum, err := loader.Load(t.Context(), cfg)
	if err != nil || sum.Superseded != 1 || counted.Rows != sum.Rows || counted.Chunks != sum.Chunks || counted.Superseded != sum.Superseded {
		t.Errorf("%+v, %v, counted %+v", sum, err, counted)
	}
	length := 0
	for _, e := range f.redis.LRange(t.Context(), "list", 0, -1).Val() {
		length += len(e)
	}
	if bytes != length || bytes == 0 {
		t.Errorf("%d bytes are counted, and the list holds %d", bytes, length)
	}
	if paces < 10 || held > 0 {
		t.Errorf("it asked %d times for 10 chunks, and held %d leases", paces, held)
	}
	f.redis.FlushAll(t.Context())
	stop := errors.New("stop")
	cfg.Hook, cfg.Pace = nil, func(context.Context) error { return stop }
	if sum, err := loader.Load(t.Context(), cfg); !errors.Is(err, stop) || sum.Rows != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
}
