package lock_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

var streams = []lock.Strategy{lock.Streams, lock.StreamsGuarded}

// idle lets the entry of a chunk look as if it had been pending for long.
func (b *bench) idle(chunk string) {
	b.t.Helper()
	claimed, err := b.admin.Do(b.t.Context(), "XCLAIM", b.keys.Queue, planID, "token/0", 0, chunk, "IDLE", time.Hour.Milliseconds(), "JUSTID").StringSlice()
	if err != nil || len(claimed) != 1 {
		b.t.Fatalf("%v, %v", claimed, err)
	}
}

// A worker that is slow loses its entry to another, and then commits.
func TestAnEntryThatIsTakenFromItsWorker(t *testing.T) {
	for _, s := range streams {
		t.Run(s.Name, func(t *testing.T) {
			b := newBench(t, 1)
			slow := b.next(b.session(s, 0))
			other := b.session(s, 1)
			if _, err := other.Next(t.Context()); !errors.Is(err, errSlept) {
				t.Fatalf("while the entry is not idle, Next says %v", err)
			}
			b.idle("1-0")
			b.commit(b.next(other), 1)
			want, outcome := []int{0, 0}, lock.Committed
			if s.Conditional {
				want, outcome = []int{0}, lock.Superseded
			}
			if got := b.commit(slow, 1); got != outcome {
				t.Errorf("the slow worker's commit is %s, want %s", got, outcome)
			}
			b.wantList(1, want...)
		})
	}
}

// XAUTOCLAIM looks at no more than ten entries at a time.
func TestAnIdleEntryBehindManyThatAreNot(t *testing.T) {
	b := newBench(t, 30)
	first := b.session(lock.StreamsGuarded, 0)
	for range b.chunks {
		b.next(first)
	}
	b.idle("28-0")
	if chunk := b.next(b.session(lock.StreamsGuarded, 1)).Chunk(); chunk != 27 {
		t.Errorf("claims chunk %d", chunk)
	}
}

// A stream that is lost, or of another plan, is filled anew with what is not marked.
func TestAStreamThatIsGoneIsFilledAnew(t *testing.T) {
	for _, s := range streams {
		t.Run(s.Name, func(t *testing.T) {
			b := newBench(t, 3)
			session := b.session(s, 0)
			b.commit(b.next(session), 1)
			held := b.next(session)
			b.admin.Del(t.Context(), b.keys.Queue)
			b.admin.XAdd(t.Context(), &redis.XAddArgs{Stream: b.keys.Queue, Values: []any{"chunk", 0}})
			var chunks []int
			for {
				claim, err := session.Next(t.Context())
				if errors.Is(err, lock.ErrDone) {
					break
				}
				if errors.Is(err, errSlept) {
					continue // it has filled the stream
				}
				if err != nil {
					t.Fatal(err)
				}
				b.commit(claim, 1)
				chunks = append(chunks, claim.Chunk())
			}
			if !slices.Equal(chunks, []int{1, 2}) {
				t.Errorf("chunks %v, want 1 and 2", chunks)
			}
			if s.Conditional {
				b.commit(held, 1)
				b.wantList(1, 0, 1, 2)
			}
			if left := b.admin.Exists(t.Context(), b.keys.Queue).Val(); left != 0 {
				t.Error("the stream is left")
			}
		})
	}
}

// Nothing is acknowledged if the rows are refused.
func TestRowsThatAreRefusedLeaveTheEntryPending(t *testing.T) {
	b := newBench(t, 1)
	claim := b.next(b.session(lock.StreamsGuarded, 0))
	b.admin.Set(t.Context(), b.keys.List, "not a list", 0)
	if _, err := claim.Commit(t.Context(), elements(0, 1)); !redis.HasErrorPrefix(err, "WRONGTYPE") {
		t.Errorf("the commit says %v", err)
	}
	b.admin.Del(t.Context(), b.keys.List)
	b.wantBits()
	if got := b.commit(claim, 1); got != lock.Committed {
		t.Errorf("the second commit is %s", got)
	}
	b.wantList(1, 0)
	b.wantBits(0)
}

// A Redis that has thrown the bitmap away does not get the rows again.
func TestAStreamIsNotFilledWithWhatHasAnOwner(t *testing.T) {
	b := newBench(t, 2)
	session := b.session(lock.StreamsGuarded, 0)
	b.commit(b.next(session), 1)
	b.commit(b.next(session), 1)
	b.admin.Del(t.Context(), b.keys.Queue, b.keys.Chunks)
	if _, err := session.Next(t.Context()); !redis.HasErrorPrefix(err, "BITGONE") {
		t.Errorf("Next says %v", err)
	}
	b.wantList(1, 0, 1)
}

func TestAStreamIsNotFilledWithoutThePlan(t *testing.T) {
	for _, s := range streams {
		b := newBench(t, 1)
		b.admin.Del(t.Context(), b.keys.Plan)
		if err := s.Prepare(t.Context(), b.env(s, 0)); !errors.Is(err, lock.ErrPlanGone) {
			t.Errorf("%s: Prepare says %v", s.Name, err)
		}
		if keys := b.dump(); len(keys) > 0 {
			t.Errorf("%s has written %d keys", s.Name, len(keys))
		}
	}
}
