package redismodel

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// conn is what the server knows of one connection.
type conn struct {
	id      ConnID
	own     *owner
	addr    string
	name    string
	libName string
	libVer  string
	lastCmd string
	resp    int
	created time.Duration
	active  time.Duration
	noEvict bool
	noTouch bool
	closing bool
	script  bool // the pseudo connection that redis.call runs on
	blocked bool // the last command waits without end

	multi      bool
	dirtyExec  bool // a command was refused while queueing
	dirtyCAS   bool // a watched key was changed
	queue      []queued
	queueWants bool // a queued command is refused when out of memory

	queueWrites bool // a queued command writes
	watched     []watch
}

type queued struct {
	cmd  *command
	args [][]byte
}

type watch struct {
	key string
	// expired: the key was there when it was watched, but its time had passed.
	expired bool
}

// conn returns a connection to be changed.
func (s *Server) conn(i int) *conn {
	c := s.conns[i]
	if c.own == s.ownConns {
		return c
	}
	d := *c
	d.own, d.queue, d.watched = own(&s.ownConns), slices.Clip(c.queue), slices.Clone(c.watched)
	s.conns[i] = &d
	return &d
}

// laddr is the address that every simulated server listens on.
const laddr = "127.0.0.1:6379"

func (c *conn) flags() string {
	var letters []byte
	for _, f := range []struct {
		on     bool
		letter byte
	}{{c.multi, 'x'}, {c.blocked, 'b'}, {c.closing, 'c'}, {c.dirtyCAS, 'd'}, {c.noEvict, 'e'}, {c.noTouch, 'T'}} {
		if f.on {
			letters = append(letters, f.letter)
		}
	}
	if letters == nil {
		return "N"
	}
	return string(letters)
}

// describe appends the line of CLIENT LIST. The byte counts are those of an
// idle connection of a fresh server: the model has no buffers.
func (s *Server) describe(out []byte, c *conn) []byte {
	out = fmt.Appendf(out, "id=%d addr=%s laddr=%s fd=%d name=%s", c.id, c.addr, laddr, c.id+7, cutString(c.name))
	if s.opts.NamesOnly {
		return append(out, " db=0 user=default\n"...)
	}
	multi, cmd := -1, cmp.Or(c.lastCmd, "NULL")
	if c.multi {
		multi = len(c.queue)
	}
	return fmt.Appendf(out, " age=%d idle=%d flags=%s db=0 sub=0 psub=0 ssub=0 multi=%d watch=%d "+
		"qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=1024 rbp=0 obl=0 oll=0 omem=0 tot-mem=1928 events=r cmd=%s "+
		"user=default redir=-1 resp=%d lib-name=%s lib-ver=%s io-thread=0\n",
		s.age(c), s.idle(c), c.flags(), multi, len(c.watched), cmd,
		c.resp, cutString(c.libName), cutString(c.libVer))
}

func (s *Server) age(c *conn) int64  { return s.seconds(s.now) - s.seconds(c.created) }
func (s *Server) idle(c *conn) int64 { return s.seconds(s.now) - s.seconds(c.active) }

// seconds is the Unix time that a real server keeps of a connection: it counts
// whole seconds, so that two moments a millisecond apart may differ by one.
func (s *Server) seconds(at time.Duration) int64 {
	return (s.epochMS + at.Milliseconds()) / 1000
}
