package lock_test

import (
	"context"
	"errors"
	"testing"

	"onceover/loader/lock"
)

// MySQL frees a row when its session ends, and the commit in Redis does not ask.
func TestARowLockThatEndsBeforeTheRowIsMarked(t *testing.T) {
	for _, c := range []struct {
		strategy lock.Strategy
		want     []int
	}{
		{lock.SkipLocked, []int{0, 0}},
		{lock.SkipLockedLua, []int{0}},
	} {
		t.Run(c.strategy.Name, func(t *testing.T) {
			b := newBench(t, 1)
			first := b.session(c.strategy, 0)
			session, end := context.WithCancel(t.Context())
			claim, err := first.Next(session)
			if err != nil {
				t.Fatal(err)
			}
			end()
			_, err = claim.Commit(t.Context(), elements(0, 1))
			if err = errors.Join(err, claim.Release(t.Context())); err == nil {
				t.Error("nobody says that the row is not marked")
			}
			second := b.session(c.strategy, 1)
			claim, err = second.Next(t.Context())
			if err == nil {
				b.commit(claim, 1)
				b.release(claim)
				_, err = second.Next(t.Context())
			}
			if !errors.Is(err, lock.ErrDone) {
				t.Errorf("Next says %v", err)
			}
			b.wantList(1, c.want...)
		})
	}
}

// The marks in MySQL outlive a Redis that has forgotten the rows.
func TestRowsThatRedisForgetsThoughMySQLHasThemMarked(t *testing.T) {
	for _, c := range []struct {
		strategy lock.Strategy
		want     []int
	}{
		{lock.SkipLocked, nil},
		{lock.SkipLockedLua, []int{0}},
	} {
		t.Run(c.strategy.Name, func(t *testing.T) {
			b := newBench(t, 1)
			session := b.session(c.strategy, 0)
			claim := b.next(session)
			b.commit(claim, 1)
			b.release(claim)
			b.admin.Del(t.Context(), b.keys.List, b.keys.Chunks, b.keys.Owners)
			claim, err := session.Next(t.Context())
			if err == nil {
				b.commit(claim, 1)
			} else if !errors.Is(err, lock.ErrDone) {
				t.Errorf("Next says %v", err)
			}
			b.wantList(1, c.want...)
		})
	}
}

func TestTheCommentOfAChunksTableNeedsNoQuotes(t *testing.T) {
	if got, want := lock.ChunksComment("it's:\\1\n"), "chunks of list its:1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
