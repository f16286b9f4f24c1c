package redismodel

import (
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

	multi      bool
	dirtyExec  bool // a command was refused while queueing
	dirtyCAS   bool // a watched key was changed
	queue      []queued
	queueWants bool // a queued command is refused when out of memory
	watched    []watch
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
	}{{c.multi, 'x'}, {c.closing, 'c'}, {c.dirtyCAS, 'd'}, {c.noEvict, 'e'}, {c.noTouch, 'T'}} {
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
	age, idle := int64((s.now-c.created)/time.Second), int64((s.now-c.active)/time.Second)
	flags, multi, watched, cmd, resp := c.flags(), -1, len(c.watched), c.lastCmd, c.resp
	libName, libVer := cutString(c.libName), cutString(c.libVer)
	if c.multi {
		multi = len(c.queue)
	}
	if cmd == "" {
		cmd = "NULL"
	}
	if s.opts.QuietClients {
		age, idle, flags, multi, watched, cmd, resp, libName, libVer = 0, 0, "N", -1, 0, "NULL", 2, "", ""
	}
	return fmt.Appendf(out, "id=%d addr=%s laddr=%s fd=%d name=%s age=%d idle=%d flags=%s db=0 sub=0 psub=0 ssub=0 multi=%d watch=%d "+
		"qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=1024 rbp=0 obl=0 oll=0 omem=0 tot-mem=1928 events=r cmd=%s "+
		"user=default redir=-1 resp=%d lib-name=%s lib-ver=%s io-thread=0\n",
		c.id, c.addr, laddr, c.id+7, cutString(c.name), age, idle, flags, multi, watched, cmd, resp, libName, libVer)
}
