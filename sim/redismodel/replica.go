package redismodel

import (
	"maps"
	"time"
)

// Part ends what the server's replica receives: the replica stays at the present
// state. A server whose replica was never parted from has one that has everything.
func (s *Server) Part() {
	s.own = nil
	s.parted = &keyspace{maps.Clone(s.db), s.used, s.dirty}
}

// Parted tells whether the replica receives nothing any more.
func (s *Server) Parted() bool { return s.parted != nil }

// Behind tells whether something was written that the replica has not received.
func (s *Server) Behind() bool { return s.parted != nil && s.parted.dirty != s.dirty }

// FailOver ends the server at virtual time now, and its replica takes its place, with a
// replica of its own that has everything. What the replica had not received is gone. So is
// what a replica never receives: connections with their names and watches, the script
// cache and CONFIG SET. Times to live go on.
func (s *Server) FailOver(now time.Duration) {
	s.advance(now)
	s.restarts++
	from := s.keyspace
	if s.parted != nil {
		from = *s.parted
	}
	s.start(from)
}
