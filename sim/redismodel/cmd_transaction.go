package redismodel

import "slices"

func cmdMulti(_ *Server, c *conn, _ [][]byte, out []byte) []byte {
	if c.multi {
		return appendError(out, "ERR MULTI calls can not be nested")
	}
	c.multi = true
	return appendOK(out)
}

func cmdDiscard(s *Server, c *conn, _ [][]byte, out []byte) []byte {
	if !c.multi {
		return appendError(out, "ERR DISCARD without MULTI")
	}
	s.discard(c)
	return appendOK(out)
}

// discard forgets the transaction and the watches.
func (s *Server) discard(c *conn) {
	c.multi, c.dirtyExec, c.dirtyCAS, c.queueWants, c.queueWrites = false, false, false, false, false
	c.queue = nil
	s.unwatch(c)
}

func cmdExec(s *Server, c *conn, _ [][]byte, out []byte) []byte {
	if !c.multi {
		return appendError(out, "ERR EXEC without MULTI")
	}
	switch {
	case c.dirtyExec:
		s.discard(c)
		return appendError(out, "EXECABORT Transaction discarded because of previous errors.")
	case c.dirtyCAS || s.watchedExpired(c):
		s.discard(c)
		return c.appendNullArray(out)
	}
	s.unwatch(c)
	out = appendArray(out, len(c.queue))
	for _, q := range c.queue {
		answered, mute := len(out), c.closing
		if !q.cmd.container() && s.denies(q.cmd) {
			out = appendError(out, errNoRightsNow)
			continue
		}
		out = q.cmd.run(s, c, q.args, out)
		if mute {
			// A connection that killed itself gets no more replies, but the
			// transaction is executed to its end.
			out = out[:answered]
		}
	}
	s.discard(c)
	return out
}

func cmdWatch(s *Server, c *conn, args [][]byte, out []byte) []byte {
	if c.multi {
		return appendError(out, "ERR WATCH inside MULTI is not allowed")
	}
	if c.dirtyCAS {
		return appendOK(out)
	}
	for _, key := range args[1:] {
		s.watch(c, key)
	}
	return appendOK(out)
}

func (s *Server) watch(c *conn, key []byte) {
	if slices.ContainsFunc(c.watched, func(w watch) bool { return w.key == string(key) }) {
		return
	}
	if len(c.watched) == 0 {
		s.watchers++
	}
	o := s.db[string(key)]
	c.watched = append(c.watched, watch{key: string(key), expired: o != nil && s.expired(o)})
}

func cmdUnwatch(s *Server, c *conn, _ [][]byte, out []byte) []byte {
	s.unwatch(c)
	c.dirtyCAS = false
	return appendOK(out)
}

func (s *Server) unwatch(c *conn) {
	if len(c.watched) > 0 {
		c.watched = nil
		s.watchers--
	}
}

// watchedExpired reports whether a key that was live when it was watched has
// expired and is not deleted yet.
func (s *Server) watchedExpired(c *conn) bool {
	return slices.ContainsFunc(c.watched, func(w watch) bool {
		o := s.db[w.key]
		return o != nil && !w.expired && s.expired(o)
	})
}

// touch marks the transactions that watch key.
func (s *Server) touch(key string) {
	if s.watchers == 0 {
		return
	}
	for at := range s.conns {
		if len(s.conns[at].watched) == 0 {
			continue
		}
		c := s.conn(at)
		for i := range c.watched {
			w := &c.watched[i]
			if w.key != key {
				continue
			}
			// The late deletion of a key that had expired before the WATCH
			// changes nothing that the watcher could have seen.
			if w.expired && s.db[key] == nil {
				w.expired = false
				continue
			}
			c.dirtyCAS = true
			s.unwatch(c)
			break
		}
	}
}

// touchAll is touch for FLUSHALL: only keys that were there count, and Redis
// goes on watching.
func (s *Server) touchAll() {
	for at := range s.conns {
		c := s.conn(at)
		for i := range c.watched {
			w := &c.watched[i]
			if s.db[w.key] == nil {
				continue
			}
			if w.expired {
				w.expired = false
				continue
			}
			c.dirtyCAS = true
		}
	}
}
