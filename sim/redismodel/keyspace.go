package redismodel

import "sync/atomic"

type kind uint8

const (
	kindString kind = iota
	kindList
	kindHash
	kindStream
	kindSet
	kindSortedSet
)

var kindNames = [...]string{"string", "list", "hash", "stream", "set", "zset"}

// noExpiry marks a key without a time to live.
const noExpiry = int64(-1)

// owner is the identity under which a Server may change something in place.
// After Clone each side gets a new one before it writes, so that everything they
// share is copied. The byte makes every owner's address its own.
type owner struct{ _ byte }

// own returns an owner, and makes it if there is none.
func own(o **owner) *owner {
	if *o == nil {
		*o = new(owner)
	}
	return *o
}

// object is one key with its value.
type object struct {
	key      string
	kind     kind
	own      *owner
	expireAt int64         // Unix milliseconds, or noExpiry
	tick     int64         // when it was last used, if the policy asks
	counted  int64         // its part of Server.used
	sum      atomic.Uint64 // hash of key and value; 0 is not known

	str    []byte
	list   list
	hash   hash
	stream *stream
	set    *set
	zset   *sortedSet
}

// keyspace is all keys. The objects of a snapshot have no owner.
type keyspace struct {
	db    map[string]*object
	used  int64 // bytes of keys and values, see memoryBase
	dirty int64 // writes so far
}

func (s *Server) expired(o *object) bool { return o.expiredAt(s.ms) }

func (o *object) expiredAt(ms int64) bool { return o.expireAt != noExpiry && ms > o.expireAt }

// find returns the live object at key, or nil. A key whose time has passed is
// deleted on the way, as Redis does.
func (s *Server) find(key []byte) *object {
	o := s.db[string(key)]
	if o == nil {
		return nil
	}
	if s.expired(o) {
		s.remove(o)
		return nil
	}
	if s.config.policyTicks {
		s.tick++
		o = s.writable(o)
		o.tick = s.tick
	}
	return o
}

// findKind is find, with ok false if the key holds another kind of value.
func (s *Server) findKind(key []byte, k kind) (o *object, ok bool) {
	o = s.find(key)
	return o, o == nil || o.kind == k
}

// lookup is find for a command that answers absent without the key; nil comes
// with the reply, which is that or the error of a key of another kind.
func (s *Server) lookup(key []byte, k kind, out, absent []byte) (o *object, reply []byte) {
	o, ok := s.findKind(key, k)
	switch {
	case !ok:
		return nil, appendError(out, errWrongType)
	case o == nil:
		return nil, absent
	}
	return o, out
}

// create adds a key that is not there.
func (s *Server) create(key []byte, k kind) *object {
	o := &object{key: string(key), kind: k, own: own(&s.own), expireAt: noExpiry}
	switch k {
	case kindStream:
		o.stream = new(stream)
	case kindSet:
		o.set = new(set)
	case kindSortedSet:
		o.zset = new(sortedSet)
	}
	if s.config.policyTicks {
		s.tick++
		o.tick = s.tick
	}
	s.db[o.key] = o
	s.count(o)
	return o
}

// writable returns the object to be changed in place of o.
func (s *Server) writable(o *object) *object {
	if o.own == s.own {
		return o
	}
	n := s.copied(o)
	s.db[n.key] = n
	return n
}

// copied is a copy of an object that may be changed.
func (s *Server) copied(o *object) *object {
	n := &object{key: o.key, kind: o.kind, own: own(&s.own), expireAt: o.expireAt, tick: o.tick, counted: o.counted}
	n.sum.Store(o.sum.Load())
	n.str = append([]byte(nil), o.str...)
	n.list = o.list.clone()
	n.hash = o.hash.clone()
	if o.stream != nil {
		n.stream = o.stream.clone()
	}
	if o.set != nil {
		n.set = o.set.clone()
	}
	if o.zset != nil {
		n.zset = o.zset.clone()
	}
	return n
}

// writableOrNew is writable, or create where there is no object.
func (s *Server) writableOrNew(o *object, key []byte, k kind) *object {
	if o == nil {
		return s.create(key, k)
	}
	return s.writable(o)
}

// remove deletes a key.
func (s *Server) remove(o *object) {
	delete(s.db, o.key)
	s.used -= o.counted
	s.dirty++
	s.touch(o.key)
}

// changed must follow every change of an object's value. What has lost its last
// element goes, but for a stream or a string.
func (s *Server) changed(o *object) {
	s.recorded(o)
	s.touch(o.key)
	if o.kind != kindString && o.kind != kindStream && o.length() == 0 {
		s.remove(o)
	}
}

// recorded is changed without telling watchers, as Redis treats what happens
// inside a consumer group.
func (s *Server) recorded(o *object) {
	s.count(o)
	o.sum.Store(0)
	s.dirty++
}

// count brings the used memory up to date with the size of an object.
func (s *Server) count(o *object) {
	size := o.size()
	s.used += size - o.counted
	o.counted = size
}

// setExpiry changes the time to live and counts as a write.
func (s *Server) setExpiry(o *object, at int64) {
	o = s.writable(o)
	o.expireAt = at
	s.dirty++
	s.touch(o.key)
}

// The model counts what a key costs roughly as a 64-bit Redis does: a
// dictionary entry and an object header for the key, a word or two for every
// element. Only the order of magnitude can be relied on.
const (
	memoryBase   = 1 << 20 // an idle server before the first key
	keyCost      = 72
	elementCost  = 11
	scoreCost    = 8
	streamIDCost = 24
)

// length is the number of bytes, elements, fields or entries.
func (o *object) length() int64 {
	switch o.kind {
	case kindList:
		return int64(o.list.len())
	case kindHash:
		return int64(o.hash.len())
	case kindStream:
		return int64(len(o.stream.entries))
	case kindSet:
		return int64(len(o.set.members))
	case kindSortedSet:
		return int64(len(o.zset.members))
	}
	return int64(len(o.str))
}

func (o *object) size() int64 {
	n := keyCost + int64(len(o.key)) + int64(len(o.str))
	n += o.list.bytes + int64(o.list.len())*elementCost
	n += o.hash.bytes + 2*int64(o.hash.len())*elementCost
	if o.stream != nil {
		n += o.stream.bytes + int64(len(o.stream.entries))*streamIDCost
	}
	if o.set != nil {
		n += o.set.bytes + int64(len(o.set.members))*elementCost
	}
	if o.zset != nil {
		n += o.zset.bytes + int64(len(o.zset.members))*elementCost
	}
	return n
}

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
