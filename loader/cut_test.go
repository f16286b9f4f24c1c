package loader_test

import (
	"context"
	"io"
	"log"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"onceover/loader"
)

// damage is what happens to one request of a connection, after which the
// connection is of no use any more.
type damage int

const (
	requestLost damage = iota // the server never sees it
	replyLost                 // the server answers, and nobody sees the answer
	replyTorn                 // half of the first part of the answer arrives
)

// cutter damages one request of those that go over its connections.
type cutter struct {
	mu     sync.Mutex
	damage damage
	after  int // requests that pass before
	done   bool
}

func (c *cutter) strikes() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.after--
	if c.after != -1 {
		return false
	}
	c.done = true
	return true
}

func (c *cutter) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, addr)
	return &cutConn{Conn: conn, cutter: c}, err
}

type cutConn struct {
	net.Conn
	cutter *cutter
	broken bool
	over   bool // what arrived of the answer has been read
}

func (c *cutConn) Write(p []byte) (int, error) {
	switch {
	case c.broken:
		return 0, net.ErrClosed
	case c.cutter.strikes():
		c.broken = true
		if c.cutter.damage == requestLost {
			return len(p), nil
		}
	}
	return c.Conn.Write(p)
}

func (c *cutConn) Read(p []byte) (int, error) {
	if !c.broken {
		return c.Conn.Read(p)
	}
	if c.over || c.cutter.damage == requestLost {
		return 0, io.EOF
	}
	c.over = true
	n, err := c.Conn.Read(p)
	if c.cutter.damage == replyLost {
		return 0, io.EOF
	}
	return n / 2, err
}

// Wherever a connection to Redis breaks, every row arrives once.
func TestEveryCutToRedis(t *testing.T) {
	everyCut(t, func(f *fixture, c *cutter, cfg *loader.Config) {
		options := *f.options
		options.Dialer = c.dial
		cfg.Redis = loader.OpenRedis(&options, cfg.Strategy)
		f.t.Cleanup(func() { cfg.Redis.Close() })
	})
}

// Wherever a connection to MySQL breaks, every row arrives once.
func TestEveryCutToMySQL(t *testing.T) {
	everyCut(t, func(f *fixture, c *cutter, cfg *loader.Config) {
		dsn := f.mysql.Clone()
		dsn.DialFunc = c.dial
		dsn.Logger = mysql.Logger(log.New(io.Discard, "", 0))
		cfg.DB = f.open(dsn)
	})
}

// everyCut runs a load again and again, with each of its requests damaged in
// each way. A worker that had begun must go on by itself; one that could not
// begin is started again.
func everyCut(t *testing.T, through func(*fixture, *cutter, *loader.Config)) {
	f := newFixture(t)
	f.rows(15)
	for _, damage := range []damage{requestLost, replyLost, replyTorn} {
		cuts, survived := 0, 0
		for {
			c := &cutter{damage: damage, after: cuts}
			f.redis.FlushAll(t.Context())
			cfg := f.config(0, defaultStrategy)
			through(f, c, &cfg)
			cfg.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
			begun := false
			cfg.Planned = func(*loader.Plan) { begun = true }
			sum, err := loader.Load(t.Context(), cfg)
			switch {
			case err != nil && begun:
				t.Errorf("damage %d to request %d: a worker that had begun says %v", damage, cuts, err)
			case err != nil:
				wantProblem(t, err, loader.Unreachable)
				f.together(f.config(1, defaultStrategy))
			case sum.Left != 0:
				t.Errorf("damage %d to request %d: %+v", damage, cuts, sum)
			case sum.Failures > 0:
				survived++
			}
			f.wantEach(15, 1)
			if !c.done {
				break
			}
			cuts++
		}
		t.Logf("damage %d: %d cuts, %d failures survived", damage, cuts, survived)
		if survived == 0 {
			t.Errorf("damage %d was never noticed by a worker that had begun", damage)
		}
	}
}
