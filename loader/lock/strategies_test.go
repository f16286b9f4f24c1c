package lock_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

func TestCatalogue(t *testing.T) {
	names := map[string]bool{}
	for _, s := range lock.All() {
		if found, ok := lock.Find(s.Name); !ok || found.Name != s.Name {
			t.Errorf("Find(%q) = %q, %t", s.Name, found.Name, ok)
		}
		if names[s.Name] || s.Name == "" || s.Summary == "" {
			t.Errorf("%q: a name of its own and a summary are needed", s.Name)
		}
		names[s.Name] = true
	}
	if _, ok := lock.Find("no such strategy"); ok {
		t.Error("a strategy that does not exist is found")
	}
	if !lock.Default().Conditional {
		t.Error("the default is not safe")
	}
}

// ends are the ways in which rows are pushed.
var ends = map[string]func(*lock.Keys){
	"left":   func(*lock.Keys) {},
	"right":  func(k *lock.Keys) { k.Right = true },
	"stream": func(k *lock.Keys) { k.Stream = true },
}

// With one worker and no fault, each of them moves every chunk once, to either end and to
// a stream.
func TestEveryStrategyAlone(t *testing.T) {
	for _, s := range lock.All() {
		for name, end := range ends {
			if name == "stream" && s.ListOnly {
				continue
			}
			t.Run(s.Name+" "+name, func(t *testing.T) { // which ends its connections, and with them their names
				b := newBench(t, 5)
				end(&b.keys)
				b.alone(s)
			})
		}
	}
}

func (b *bench) alone(s lock.Strategy) {
	b.t.Helper()
	env := b.env(s, 0)
	env.Workers = 1
	session := b.open(s, env)
	var chunks []int
	for {
		claim, err := session.Next(b.t.Context())
		if errors.Is(err, lock.ErrDone) {
			break
		}
		if err != nil {
			b.t.Fatalf("%s: %v", s.Name, err)
		}
		if got := b.commit(claim, 3); got != lock.Committed {
			b.t.Errorf("%s: the commit of chunk %d is %s", s.Name, claim.Chunk(), got)
		}
		b.release(claim)
		chunks = append(chunks, claim.Chunk())
	}
	b.wantList(3, chunks...)
	b.wantBits(0, 1, 2, 3, 4)
	if locks := b.admin.Keys(b.t.Context(), "*:lock:*").Val(); len(locks) != 0 {
		b.t.Errorf("%s: locks are left: %v", s.Name, locks)
	}
}

func TestCommitOfNoElementsMarksTheChunk(t *testing.T) {
	for _, s := range lock.All() {
		t.Run(s.Name, func(t *testing.T) {
			b := newBench(t, 1)
			claim := b.next(b.session(s, 0))
			b.commit(claim, 0)
			b.wantList(0)
			b.wantBits(0)
		})
	}
}

func TestEveryStrategyOnATableWithoutChunks(t *testing.T) {
	for _, s := range lock.All() {
		t.Run(s.Name, func(t *testing.T) {
			b := newBench(t, 0)
			if _, err := b.session(s, 0).Next(t.Context()); !errors.Is(err, lock.ErrDone) {
				t.Errorf("Next says %v", err)
			}
		})
	}
}

func TestNoneLooksAtNothing(t *testing.T) {
	b := newBench(t, 2)
	b.admin.SetBit(t.Context(), b.keys.Chunks, 0, 1)
	session := b.session(lock.None, 0)
	if first, second := b.next(session).Chunk(), b.next(session).Chunk(); first != 0 || second != 1 {
		t.Errorf("chunks %d and %d", first, second)
	}
}

// What the unsafe strategies do when two workers meet, and the safe one does not.
func TestTwoWorkersThatClaimBeforeEitherCommits(t *testing.T) {
	unlocked := []string{lock.None.Name, lock.BitmapOnly.Name, lock.Counter.Name}
	for _, s := range lock.All() {
		t.Run(s.Name, func(t *testing.T) {
			b := newBench(t, 1)
			var claims []lock.Claim
			for worker := range 2 {
				claim, err := b.session(s, worker).Next(t.Context())
				switch {
				case err == nil:
					claims = append(claims, claim)
				case !errors.Is(err, errSlept) && !errors.Is(err, lock.ErrDone):
					t.Fatal(err)
				}
			}
			for _, c := range claims {
				b.commit(c, 1)
			}
			pushed := 1
			if slices.Contains(unlocked, s.Name) {
				pushed = 2
			}
			b.wantList(1, slices.Repeat([]int{0}, pushed)...)
		})
	}
}

func TestThoseThatLookAtTheBitSkipWhatIsMarked(t *testing.T) {
	for _, s := range lock.All() {
		t.Run(s.Name, func(t *testing.T) {
			if s.Name == lock.None.Name || s.Name == lock.SkipLocked.Name { // which looks at its own mark
				return
			}
			b := newBench(t, 3)
			b.admin.SetBit(t.Context(), b.keys.Chunks, 0, 1)
			b.admin.SetBit(t.Context(), b.keys.Chunks, 2, 1)
			env := b.env(s, 0)
			env.Workers = 1
			if chunk := b.next(b.open(s, env)).Chunk(); chunk != 1 {
				t.Errorf("claims chunk %d, want 1", chunk)
			}
		})
	}
}

// The chunk of a worker that died is skipped by those who saw its name, and
// nobody comes back to it.
func TestConnectionNameNeverTakesUpWhatItSkipped(t *testing.T) {
	b := newBench(t, 2)
	dying := b.env(lock.ConnectionName, 0)
	if chunk := b.next(b.open(lock.ConnectionName, dying)).Chunk(); chunk != 0 {
		t.Fatalf("chunk %d", chunk)
	}
	session := b.session(lock.ConnectionName, 1)
	claim := b.next(session)
	dying.Redis.Close()
	if claim.Chunk() != 1 {
		t.Errorf("claims chunk %d, want it to skip chunk 0", claim.Chunk())
	}
	b.commit(claim, 1)
	if _, err := session.Next(t.Context()); !errors.Is(err, lock.ErrDone) {
		t.Errorf("Next says %v", err)
	}
	b.wantBits(1)
}

func TestConnectionNameCountsItsOwnName(t *testing.T) {
	b := newBench(t, 1)
	env := b.env(lock.ConnectionName, 0)
	b.next(b.open(lock.ConnectionName, env))
	if _, err := b.open(lock.ConnectionName, env).Next(t.Context()); !errors.Is(err, lock.ErrDone) {
		t.Errorf("Next says %v, want its own name to stop it", err)
	}
}

// chunk_1 is not found in chunk_10.
func TestConnectionNamesAreComparedWhole(t *testing.T) {
	b := newBench(t, 2)
	other := *b.options
	other.ClientName = "chunk_10"
	client := redis.NewClient(&other)
	defer client.Close()
	client.Ping(t.Context())
	b.admin.SetBit(t.Context(), b.keys.Chunks, 0, 1)
	if chunk := b.next(b.session(lock.ConnectionName, 0)).Chunk(); chunk != 1 {
		t.Errorf("claims chunk %d", chunk)
	}
}

func TestSetNXReleasesOnlyItsOwnLock(t *testing.T) {
	b := newBench(t, 1)
	claim := b.next(b.session(lock.SetNX, 0))
	if token := b.admin.Get(t.Context(), b.keys.Lock(0)).Val(); token != "token/0" {
		t.Errorf("the lock holds %q", token)
	}
	b.admin.Set(t.Context(), b.keys.Lock(0), "token/1", 0)
	b.release(claim)
	if token := b.admin.Get(t.Context(), b.keys.Lock(0)).Val(); token != "token/1" {
		t.Errorf("the lock of another worker now holds %q", token)
	}
}

// Nothing stops the commit of a worker whose lock ran out.
func TestSetNXCommitsAfterItsLockRanOut(t *testing.T) {
	b := newBench(t, 1)
	sleeper := b.next(b.session(lock.SetNX, 0))
	b.admin.Del(t.Context(), b.keys.Lock(0))
	b.commit(b.next(b.session(lock.SetNX, 1)), 1)
	b.commit(sleeper, 1)
	b.wantList(1, 0, 0)
}

// An error of one command of a transaction does not undo the others.
func TestPushAndMarkIsNotUndone(t *testing.T) {
	b := newBench(t, 1)
	claim := b.next(b.session(lock.None, 0))
	b.admin.Set(t.Context(), b.keys.List, "not a list", 0)
	if _, err := claim.Commit(t.Context(), elements(0, 1)); !redis.HasErrorPrefix(err, "WRONGTYPE") {
		t.Errorf("the commit says %v", err)
	}
	b.wantBits(0)
}

func TestOutcomesHaveNames(t *testing.T) {
	for outcome, want := range map[lock.Outcome]string{0: "unknown", lock.Committed: "committed", lock.Superseded: "superseded"} {
		if got := outcome.String(); got != want {
			t.Errorf("outcome %d is %q, want %q", outcome, got, want)
		}
	}
}
