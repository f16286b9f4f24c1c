package lock_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"onceover/loader/lock"
)

func TestLeaseKeepsOthersAway(t *testing.T) {
	b := newBench(t, 1)
	claim := b.next(b.session(lock.LeaseLua, 0))
	env := b.env(lock.LeaseLua, 1)
	waits := 0
	env.Sleep = func(context.Context, time.Duration) error {
		if waits++; waits == 3 {
			b.release(claim)
		}
		return nil
	}
	b.next(b.open(lock.LeaseLua, env))
	if waits != 3 {
		t.Errorf("the other worker has the chunk after %d waits, want it when the lease is released", waits)
	}
}

// A worker whose claim was answered into the void asks again.
func TestLeaseIsFoundAgainByItsOwner(t *testing.T) {
	b := newBench(t, 1)
	b.next(b.session(lock.LeaseLua, 0))
	b.next(b.session(lock.LeaseLua, 0))
	if owner := b.admin.Get(t.Context(), b.keys.Lock(0)).Val(); owner != "token/0" {
		t.Errorf("the lease is %q's", owner)
	}
}

func TestLeaseRunsOut(t *testing.T) {
	b := newBench(t, 1)
	env := b.env(lock.LeaseLua, 0)
	env.TTL = 0 // a millisecond, the least
	b.next(b.open(lock.LeaseLua, env))
	env = b.env(lock.LeaseLua, 1)
	env.Sleep = func(ctx context.Context, d time.Duration) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	b.next(b.open(lock.LeaseLua, env))
}

func TestLeaseLivesAsLongAsTold(t *testing.T) {
	b := newBench(t, 1)
	b.next(b.session(lock.LeaseLua, 0))
	if ttl := b.admin.PTTL(t.Context(), b.keys.Lock(0)).Val(); ttl > time.Minute || ttl < 50*time.Second {
		t.Errorf("the lease lives %s, want a minute", ttl)
	}
}

func TestOnlyOnesOwnLeaseIsReleased(t *testing.T) {
	for _, end := range []func(*bench, lock.Claim){
		(*bench).release,
		func(b *bench, c lock.Claim) { b.commit(c, 1) },
		func(b *bench, c lock.Claim) {
			b.admin.SetBit(b.t.Context(), b.keys.Chunks, 0, 1)
			b.commit(c, 1) // superseded
		},
	} {
		b := newBench(t, 1)
		claim := b.next(b.session(lock.LeaseLua, 0))
		b.admin.Set(t.Context(), b.keys.Lock(0), "token/1", 0)
		end(b, claim)
		if owner := b.admin.Get(t.Context(), b.keys.Lock(0)).Val(); owner != "token/1" {
			t.Errorf("the lease of another worker is now %q's", owner)
		}
	}
}

func TestCommitEndsTheLease(t *testing.T) {
	b := newBench(t, 2)
	session := b.session(lock.LeaseLua, 0)
	committed := b.next(session)
	b.commit(committed, 1)
	superseded := b.next(session)
	b.admin.SetBit(t.Context(), b.keys.Chunks, int64(superseded.Chunk()), 1)
	b.commit(superseded, 1)
	if left := b.admin.Exists(t.Context(), b.keys.Lock(0), b.keys.Lock(1)).Val(); left != 0 {
		t.Errorf("%d leases are left", left)
	}
}

// The bitmap that a pass began with is old by the time a chunk is tried.
func TestChunkCommittedDuringThePassIsNotLeased(t *testing.T) {
	b := newBench(t, 2)
	session := b.session(lock.LeaseLua, 0)
	first := b.next(session)
	other := 1 - first.Chunk()
	b.admin.SetBit(t.Context(), b.keys.Chunks, int64(other), 1)
	b.commit(first, 1)
	before := b.dump()
	if claim, err := session.Next(t.Context()); !errors.Is(err, lock.ErrDone) {
		t.Errorf("Next gives %v and says %v, want that it is done", claim, err)
	}
	b.wantUnchanged("a chunk that is committed", before)
}
