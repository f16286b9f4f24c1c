package lock_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"

	"onceover/loader/lock"
)

// cut is a connection that breaks at the first EVALSHA that is sent while the
// switch is on: before the request has left, or when the server has answered it.
type cut struct {
	net.Conn
	on       *atomic.Bool
	answered bool // after the answer
	broken   bool
	read     bool // the answer, which nobody will see
}

func (c *cut) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("evalsha")) && c.on.CompareAndSwap(true, false) {
		c.broken = true
	}
	if c.broken && !c.answered {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

func (c *cut) Read(p []byte) (int, error) {
	if !c.broken {
		return c.Conn.Read(p)
	}
	if c.answered && !c.read {
		if _, err := c.Conn.Read(p); err != nil {
			return 0, err
		}
		c.read = true
	}
	return 0, io.EOF
}

// breakable gives a worker connections that the returned switch cuts.
func (b *bench) breakable(answered bool) (lock.Env, *atomic.Bool) {
	on := new(atomic.Bool)
	options := *b.options
	options.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, addr)
		return &cut{Conn: conn, on: on, answered: answered}, err
	}
	plain := b.options
	b.options = &options
	env := b.env(lock.LeaseLua, 0)
	b.options = plain
	return env, on
}

// knowScripts commits a chunk, so that from then on EVALSHA succeeds at the
// first attempt.
func (b *bench) knowScripts(s lock.Session) (chunk int) {
	b.t.Helper()
	claim := b.next(s)
	b.commit(claim, 2)
	b.release(claim)
	return claim.Chunk()
}

// bare is a safe strategy without a lock, made of the exported parts alone.
var bare = lock.Strategy{
	Name:        "bare",
	MaxRetries:  -1,
	Conditional: true,
	Open: func(_ context.Context, env lock.Env) (lock.Session, error) {
		return lock.Sweep(env, lock.Shuffled, func(ctx context.Context, chunk int) (lock.Claim, error) {
			return lock.NewConditional(env, chunk, lock.CommitScript), lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
		}), nil
	},
}

var safe = []lock.Strategy{lock.LeaseLua, bare}

func TestCommitWhoseReplyIsLost(t *testing.T) {
	for _, s := range safe {
		b := newBench(t, 2)
		env, on := b.breakable(true)
		session := b.open(s, env)
		first := b.knowScripts(session)
		claim := b.next(session)
		on.Store(true)
		if got := b.commit(claim, 2); got != lock.Committed {
			t.Errorf("%s: the commit is %s", s.Name, got)
		}
		if on.Load() {
			t.Fatalf("%s: no reply was lost", s.Name)
		}
		b.wantList(2, first, claim.Chunk())
		b.wantBits(0, 1)
		b.release(claim)
	}
}

func TestCommitWhoseRequestIsLost(t *testing.T) {
	for _, s := range safe {
		b := newBench(t, 2)
		env, on := b.breakable(false)
		session := b.open(s, env)
		first := b.knowScripts(session)
		claim := b.next(session)
		on.Store(true)
		if _, err := claim.Commit(t.Context(), elements(claim.Chunk(), 2)); !errors.Is(err, lock.ErrUncommitted) || !errors.Is(err, io.EOF) {
			t.Errorf("%s: the commit says %v", s.Name, err)
		}
		b.wantList(2, first)
		b.wantBits(first)
		b.release(claim)
		if held := b.admin.Exists(t.Context(), b.keys.Lock(claim.Chunk())).Val(); held != 0 {
			t.Errorf("%s: the lease outlived its release", s.Name)
		}
		if got := b.commit(b.next(session), 2); got != lock.Committed {
			t.Errorf("%s: the second attempt is %s", s.Name, got)
		}
		b.wantList(2, first, claim.Chunk())
	}
}

// The chunk of a commit that never arrived is loaded by another worker.
func TestCommitWhoseRequestIsLostToAnother(t *testing.T) {
	b := newBench(t, 1)
	env, on := b.breakable(false)
	claim := b.next(b.open(lock.LeaseLua, env))
	b.admin.Del(t.Context(), b.keys.Lock(0))
	b.commit(b.next(b.session(lock.LeaseLua, 1)), 2)
	on.Store(true)
	if got := b.commit(claim, 2); got != lock.Superseded {
		t.Errorf("the commit is %s", got)
	}
	if on.Load() {
		t.Fatal("no request was lost")
	}
	b.wantList(2, 0)
}

func TestLeaseWhoseReplyIsLostIsFoundAgain(t *testing.T) {
	b := newBench(t, 1)
	env, on := b.breakable(true)
	session := b.open(lock.LeaseLua, env)
	b.release(b.next(session))
	session = b.open(lock.LeaseLua, env)
	on.Store(true)
	if _, err := session.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("Next says %v", err)
	}
	if owner := b.admin.Get(t.Context(), b.keys.Lock(0)).Val(); owner != "token/0" {
		t.Fatalf("the lease is %q's: the request did not arrive", owner)
	}
	b.next(session)
}
