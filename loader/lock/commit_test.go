package lock_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

func TestSecondCommitPushesNothing(t *testing.T) {
	b := newBench(t, 1)
	first := b.next(b.session(lock.LeaseLua, 0))
	b.admin.Del(t.Context(), b.keys.Lock(0)) // the lease ran out
	second := b.next(b.session(lock.LeaseLua, 1))
	if got := b.commit(second, 3); got != lock.Committed {
		t.Errorf("the first commit is %s", got)
	}
	if got := b.commit(first, 3); got != lock.Superseded {
		t.Errorf("the second commit is %s", got)
	}
	b.wantList(3, 0)
	b.wantBits(0)
	if owner := b.admin.HGet(t.Context(), b.keys.Owners, "0").Val(); owner != "token/1" {
		t.Errorf("the owner is %q", owner)
	}
}

func TestOwnEarlierCommitIsRecognised(t *testing.T) {
	b := newBench(t, 1)
	claim := b.next(b.session(lock.LeaseLua, 0))
	for range 2 {
		if got := b.commit(claim, 3); got != lock.Committed {
			t.Errorf("the commit is %s", got)
		}
	}
	b.wantList(3, 0)
}

// A strategy without owners had the chunk before.
func TestCommitOfAnUnknownOwnerSupersedes(t *testing.T) {
	b := newBench(t, 1)
	claim := b.next(b.session(lock.LeaseLua, 0))
	b.admin.SetBit(t.Context(), b.keys.Chunks, 0, 1)
	if got := b.commit(claim, 3); got != lock.Superseded {
		t.Errorf("the commit is %s", got)
	}
	b.wantList(0)
}

func TestCommitOfManyElements(t *testing.T) {
	for _, end := range ends {
		for _, n := range []int{0, 1, 4999, 5000, 5001, 8001, 15_000} {
			b := newBench(t, 1)
			end(&b.keys)
			claim := b.next(b.session(lock.LeaseLua, 0))
			if got := b.commit(claim, n); got != lock.Committed {
				t.Errorf("the commit of %d elements is %s", n, got)
			}
			b.wantList(n, 0)
			b.wantBits(0)
		}
	}
}

func TestCommitIsRefusedBeforeAnyWrite(t *testing.T) {
	for _, tc := range []struct {
		name  string
		wreck []any
		want  string
	}{
		{"list", []any{"SET", "list", "x"}, "WRONGTYPE"},
		{"hash", []any{"HSET", "list", "x", "x"}, "WRONGTYPE"},
		{"bitmap", []any{"RPUSH", "{list}:chunks", "x"}, "WRONGTYPE"},
		{"owners", []any{"SET", "{list}:owners", "x"}, "WRONGTYPE"},
		{"lease", []any{"EVAL", "redis.call('DEL', KEYS[1]) return redis.call('RPUSH', KEYS[1], 'x')", 1, "{list}:lock:0"}, "WRONGTYPE"},
		{"plan", []any{"EVAL", "redis.call('DEL', KEYS[1]) return redis.call('SET', KEYS[1], 'x')", 1, "{list}:plan"}, "WRONGTYPE"},
		{"bit that is gone", []any{"HSET", "{list}:owners", "0", "another"}, "BITGONE"},
		{"memory", []any{"CONFIG", "SET", "maxmemory", "1"}, "OOM"},
	} {
		for name, end := range ends {
			b := newBench(t, 1)
			end(&b.keys)
			claim := b.next(b.session(lock.LeaseLua, 0))
			if err := b.admin.Do(t.Context(), tc.wreck...).Err(); err != nil {
				t.Fatal(err)
			}
			before := b.dump()
			_, err := claim.Commit(t.Context(), elements(0, 3))
			if !redis.HasErrorPrefix(err, tc.want) {
				t.Errorf("%s, %s: the commit says %v, want %s", tc.name, name, err, tc.want)
			}
			if err := b.admin.ConfigSet(t.Context(), "maxmemory", "0").Err(); err != nil {
				t.Fatal(err)
			}
			b.wantUnchanged(tc.name, before)
		}
	}
}

// A chunk of which a slice is pushed has its place with the owners. Redis has lost these,
// and a claim that begins anew would push the slice once more.
func TestASliceWhosePlaceIsGoneIsNotPushedAgain(t *testing.T) {
	for name, end := range ends {
		b := newBench(t, 1)
		end(&b.keys)
		claim := b.next(b.session(lock.LeaseLua, 0))
		outcome, err := claim.(lock.Slicer).Push(t.Context(), lock.Slice{Next: "4"}, elements(0, 3))
		if err != nil || outcome != lock.Committed {
			t.Fatalf("%s: the first slice: %s, %v", name, outcome, err)
		}
		if n := b.admin.Del(t.Context(), b.keys.Owners).Val(); n != 1 {
			t.Fatalf("%s: %d keys were lost", name, n)
		}
		before := b.dump()
		for _, slice := range []lock.Slice{{}, {Next: "4"}, {From: "4"}, {From: "4", Next: "7"}} {
			if _, err := claim.(lock.Slicer).Push(t.Context(), slice, elements(0, 3)); !redis.HasErrorPrefix(err, "OWNERGONE") {
				t.Errorf("%s: slice %+v: %v", name, slice, err)
			}
			b.wantUnchanged(name, before)
		}
	}
}

func TestCommitBeyondTheBitmapPushesNothing(t *testing.T) {
	b := newBench(t, 1)
	env := b.env(lock.LeaseLua, 0)
	before := b.dump()
	for _, chunk := range []any{int64(1) << 32, -1} {
		err := lock.CommitScript.Eval(t.Context(), b.admin, []string{env.Keys.List, env.Keys.Chunks, env.Keys.Owners, env.Keys.Plan, env.Keys.Lock(0)},
			planID, chunk, "token", "", "", 1000, "LPUSH", "element").Err()
		if err == nil || !strings.Contains(err.Error(), "bit offset") {
			t.Errorf("chunk %v: %v", chunk, err)
		}
		b.wantUnchanged("a bit out of range", before)
	}
}

func TestCommitUnderAPlanThatIsGone(t *testing.T) {
	for name, lose := range map[string]func(*bench){
		"no plan":      func(b *bench) { b.admin.Del(b.t.Context(), b.keys.Plan) },
		"another plan": func(b *bench) { b.admin.HSet(b.t.Context(), b.keys.Plan, "id", "plan-2") },
	} {
		for _, s := range safe {
			b := newBench(t, 1)
			claim := b.next(b.session(s, 0))
			lose(b)
			before := b.dump()
			if _, err := claim.Commit(t.Context(), elements(0, 3)); !errors.Is(err, lock.ErrPlanGone) {
				t.Errorf("%s, %s: the commit says %v", s.Name, name, err)
			}
			b.wantUnchanged(name, before)
		}
	}
}
