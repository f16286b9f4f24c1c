package lock_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"onceover/loader/lock"
)

// trying notes what was tried, and gives out no chunk.
func trying(tried *[]int, answer func(chunk int) error) func(context.Context, int) (lock.Claim, error) {
	return func(_ context.Context, chunk int) (lock.Claim, error) {
		*tried = append(*tried, chunk)
		return nil, answer(chunk)
	}
}

var errBroken = errors.New("broken")

func TestSweepOfOnePassNeverComesBack(t *testing.T) {
	b := newBench(t, 4)
	var tried []int
	s := lock.Sweep(b.env(lock.None, 0), lock.OnePass, trying(&tried, func(int) error { return lock.ErrHeld }))
	for range 2 {
		if _, err := s.Next(t.Context()); !errors.Is(err, lock.ErrDone) {
			t.Errorf("Next says %v", err)
		}
	}
	if want := []int{0, 1, 2, 3}; !slices.Equal(tried, want) {
		t.Errorf("tried %v, want %v", tried, want)
	}
}

// A failure is no reason to skip a chunk.
func TestSweepTriesAgainWhereItFailed(t *testing.T) {
	for name, manner := range map[string]lock.Manner{"one pass": lock.OnePass, "until done": lock.UntilDone} {
		b := newBench(t, 3)
		var tried []int
		s := lock.Sweep(b.env(lock.None, 0), manner, trying(&tried, func(int) error {
			if len(tried) == 2 {
				return errBroken
			}
			b.admin.SetBit(t.Context(), b.keys.Chunks, int64(tried[len(tried)-1]), 1)
			return lock.ErrCommitted
		}))
		if _, err := s.Next(t.Context()); !errors.Is(err, errBroken) {
			t.Errorf("%s: the first Next says %v", name, err)
		}
		if _, err := s.Next(t.Context()); !errors.Is(err, lock.ErrDone) {
			t.Errorf("%s: the second Next says %v", name, err)
		}
		if want := []int{0, 1, 1, 2}; !slices.Equal(tried, want) {
			t.Errorf("%s: tried %v, want %v", name, tried, want)
		}
	}
}

// Waits double while everything is held, and begin anew when something moved.
func TestSweepWaitsLongerAndLonger(t *testing.T) {
	b := newBench(t, 2)
	env := b.env(lock.LeaseLua, 0)
	var waits []time.Duration
	env.Sleep = func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		if len(waits) == 12 {
			b.admin.SetBit(t.Context(), b.keys.Chunks, 0, 1)
			b.admin.SetBit(t.Context(), b.keys.Chunks, 1, 1)
		}
		return nil
	}
	var tried []int
	moved := false
	s := lock.Sweep(env, lock.UntilDone, trying(&tried, func(int) error {
		if len(waits) == 9 && !moved {
			moved = true
			return lock.ErrCommitted
		}
		return lock.ErrHeld
	}))
	if _, err := s.Next(t.Context()); !errors.Is(err, lock.ErrDone) {
		t.Fatal(err)
	}
	want := []time.Duration{5, 10, 20, 40, 80, 160, 320, 320, 320, 5, 10, 20}
	for i, w := range waits {
		if i < len(want) && (w < want[i]*time.Millisecond/2 || w >= want[i]*time.Millisecond*3/2) {
			t.Errorf("wait %d is %s, want %d ms give or take a half", i, w, want[i])
		}
	}
	if len(waits) != len(want) {
		t.Errorf("waits %v", waits)
	}
}

func TestSweepReadsTheBitmapAtEachPass(t *testing.T) {
	b := newBench(t, 3)
	var tried []int
	s := lock.Sweep(b.env(lock.LeaseLua, 0), lock.UntilDone, trying(&tried, func(chunk int) error {
		switch len(tried) {
		case 3: // the server forgot the first two, and has all of them later
			b.admin.Del(t.Context(), b.keys.Chunks)
		case 5:
			for i := range int64(3) {
				b.admin.SetBit(t.Context(), b.keys.Chunks, i, 1)
			}
		}
		return lock.ErrCommitted
	}))
	if _, err := s.Next(t.Context()); !errors.Is(err, lock.ErrDone) {
		t.Fatal(err)
	}
	if want := []int{0, 1, 2, 0, 1, 2}; !slices.Equal(tried, want) {
		t.Errorf("tried %v, want %v", tried, want)
	}
}

func TestShuffledOrderIsTheWorkersOwn(t *testing.T) {
	b := newBench(t, 50)
	order := func(seed uint64, worker int) []int {
		env := b.env(lock.LeaseLua, worker)
		env.Seed = seed
		var tried []int
		s := lock.Sweep(env, lock.Manner{Shuffle: true, Once: true}, trying(&tried, func(int) error { return lock.ErrHeld }))
		if _, err := s.Next(t.Context()); !errors.Is(err, lock.ErrDone) {
			t.Fatal(err)
		}
		return tried
	}
	first := order(1, 0)
	if !slices.Equal(first, order(1, 0)) {
		t.Error("the same seed and worker gave two orders")
	}
	if slices.Equal(first, order(1, 1)) || slices.Equal(first, order(2, 0)) {
		t.Error("two workers, or two seeds, gave the same order")
	}
	slices.Sort(first)
	for i, chunk := range first {
		if chunk != i {
			t.Fatalf("not every chunk is tried once: %v", first)
		}
	}
}

func TestClaimingIsCalledBeforeEachAttempt(t *testing.T) {
	b := newBench(t, 3)
	env := b.env(lock.None, 0)
	var calls []string
	env.Claiming = func(_ context.Context, chunk int) { calls = append(calls, fmt.Sprint("claiming ", chunk)) }
	s := lock.Sweep(env, lock.OnePass, func(_ context.Context, chunk int) (lock.Claim, error) {
		calls = append(calls, fmt.Sprint("try ", chunk))
		return nil, lock.ErrHeld
	})
	_, _ = s.Next(t.Context())
	if want := []string{"claiming 0", "try 0", "claiming 1", "try 1", "claiming 2", "try 2"}; !slices.Equal(calls, want) {
		t.Errorf("calls %v", calls)
	}
}

func TestBitmapIsRedis(t *testing.T) {
	b := newBench(t, 0)
	rapid.Check(t, func(rt *rapid.T) {
		b.admin.Del(t.Context(), "bits")
		set := rapid.SliceOfDistinct(rapid.IntRange(0, 99), rapid.ID).Draw(rt, "bits")
		for _, i := range set {
			b.admin.SetBit(t.Context(), "bits", int64(i), 1)
		}
		bits, err := lock.ReadBitmap(t.Context(), b.admin, "bits")
		if err != nil {
			rt.Fatal(err)
		}
		for i := range 130 {
			if bits.Set(i) != slices.Contains(set, i) {
				rt.Errorf("bit %d is %t", i, bits.Set(i))
			}
		}
		n := rapid.IntRange(0, 130).Draw(rt, "n")
		want := len(slices.DeleteFunc(slices.Clone(set), func(i int) bool { return i >= n }))
		if got := bits.Count(n); got != want {
			rt.Errorf("Count(%d) = %d, want %d", n, got, want)
		}
	})
	b.admin.RPush(t.Context(), "list", "x")
	if bits, err := lock.ReadBitmap(t.Context(), b.admin, "list"); err == nil {
		t.Errorf("a list reads as the bitmap %q", bits)
	}
}
