package redismodel

import (
	"slices"
	"time"
)

// Jump lets the server's clock jump ahead. The end of a key is nearer by so much, and an entry
// that waits in a stream has waited so much longer.
func (s *Server) Jump(now, by time.Duration) {
	s.epochMS += by.Milliseconds()
	s.advance(now)
	s.ms = s.epochMS + int64(now/time.Millisecond)
}

// Timed tells whether the server holds something that goes by its clock: a key that is to end,
// or an entry that waits to be acknowledged.
func (s *Server) Timed(now time.Duration) bool {
	if _, ends := s.NextExpiry(now); ends {
		return true
	}
	for _, o := range s.db {
		if o.kind == kindStream && slices.ContainsFunc(o.stream.groups, func(g *group) bool { return len(g.pending) > 0 }) {
			return true
		}
	}
	return false
}
