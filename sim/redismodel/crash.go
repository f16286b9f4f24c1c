package redismodel

import (
	"maps"
	"time"
)

// Failure is how a Server dies.
type Failure int

// The failures of a server.
const (
	// Killed: the process is gone, the operating system is not, so that
	// everything written to the append-only file survives, synced or not.
	Killed Failure = iota
	// PowerLoss: everything since the last fsync is gone. With everysec that
	// is what was executed since the last whole second of virtual time.
	PowerLoss
)

// Crash stops the server at virtual time now and starts it again on what its
// persistence has secured. Data goes back to a state between two commands,
// never into the middle of a transaction or a script. Connections, names,
// watches, the script cache and CONFIG SET are gone, and run_id changes.
func (s *Server) Crash(now time.Duration, how Failure) {
	s.advance(now)
	s.restarts++
	from := s.durable
	switch {
	case s.opts.Persistence == None:
		from = keyspace{}
	case s.config.appendonly && (s.config.fsync == "always" || how == Killed):
		from = keyspace{s.db, s.used, s.dirty}
	}
	s.start(from)
}

// syncEverySecond must be called before time moves to now: all commands so far
// are older than the whole second that passes on the way.
func (s *Server) syncEverySecond(now time.Duration) {
	if !s.config.appendonly || s.config.fsync != "everysec" {
		return
	}
	if second := now.Truncate(time.Second); second > s.durableAt {
		if s.dirty != s.durable.dirty {
			s.fsync()
		}
		s.durableAt = second
	}
}

// fsync makes the present state the one that a power loss goes back to.
func (s *Server) fsync() {
	s.own = nil
	s.durable = keyspace{maps.Clone(s.db), s.used, s.dirty}
}
