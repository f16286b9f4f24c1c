package lock

// Need is a command that a job sends to Redis, and the key that it is about.
type Need struct{ Command, Key string }

// Needs lists what is needed to commit a chunk, and for a conditional strategy also
// what its scripts and its question after a lost reply need. The lock of chunk 0
// stands for all locks.
func (s Strategy) Needs(keys Keys) []Need {
	needs := []Need{{keys.Push(), keys.List}, {"SETBIT", keys.Chunks}}
	if !s.Conditional {
		return needs
	}
	lock := keys.Lock(0)
	more := Need{"LLEN", keys.List} // of any key
	if keys.Stream {
		more = Need{"XDEL", keys.List}
	}
	if s.Uses != nil {
		needs = append(needs, s.Uses(keys)...)
	}
	return append(needs, more,
		Need{"MULTI", keys.List}, Need{"EXEC", keys.List}, // of any key
		Need{"TYPE", keys.List}, Need{"GETBIT", keys.Chunks}, Need{"HMGET", keys.Plan}, Need{"HSET", keys.Plan},
		Need{"HGET", keys.Owners}, Need{"HSET", keys.Owners},
		Need{"GET", lock}, Need{"SET", lock}, Need{"DEL", lock},
	)
}
