package redismodel

// outOfMemory evicts what the policy allows and reports whether the server is
// still above maxmemory.
func (s *Server) outOfMemory() bool {
	for memoryBase+s.used > s.config.maxmemory {
		o := s.victim()
		if o == nil {
			return true
		}
		s.remove(o)
	}
	return false
}

// victim chooses by exact recency where Redis samples, and by name where Redis
// draws at random or counts uses, so that a run can be repeated.
func (s *Server) victim() *object {
	policy := s.config.policy
	if policy == noEviction {
		return nil
	}
	volatile := policy[:len("volatile")] == "volatile"
	var best *object
	for _, o := range s.db {
		if volatile && o.expireAt == noExpiry {
			continue
		}
		if best == nil || s.evictBefore(o, best) {
			best = o
		}
	}
	return best
}

func (s *Server) evictBefore(a, b *object) bool {
	switch {
	case s.config.policy == "volatile-ttl" && a.expireAt != b.expireAt:
		return a.expireAt < b.expireAt
	case s.config.policyTicks && a.tick != b.tick:
		return a.tick < b.tick
	}
	return a.key < b.key
}
