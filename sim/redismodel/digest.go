package redismodel

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Hash returns a number that is equal for equal states, on every machine and
// in every process: live keys, values and remaining times to live, the state
// of each connection that a command can see or is ruled by, the script cache,
// the next random number, the configuration, with Everysec what a power loss would go back to, and
// what a replica has that receives nothing any more. With
// NamesOnly the idle time and the last command of a connection are left out. Of
// the keys that are named, that they are watched counts, and their value not.
func (s *Server) Hash(now time.Duration, except ...string) uint64 {
	s.advance(now)
	h := xxhash.New()
	hashInt(h, int64(s.hashKeys(s.db, except)))
	hashInt(h, s.ms%1000) // how far the next second is, of which ages are made
	if s.opts.Persistence == Everysec {
		hashInt(h, int64(s.hashKeys(s.durable.db, nil)))
		hashInt(h, int64(s.now%time.Second)) // how far the next fsync is
	}
	if s.parted != nil {
		hashInt(h, int64(s.hashKeys(s.parted.db, nil)))
		hashString(h, strconv.FormatBool(s.Behind()))
	}
	hashInt(h, int64(s.scriptHash))
	hashInt(h, int64(s.random))
	hashInt(h, int64(s.restarts))
	hashInt(h, int64(s.lastID))
	for _, f := range settings {
		hashString(h, f.get(&s.config))
	}
	for _, c := range s.conns {
		c.hash(h)
		if s.config.timeout > 0 {
			hashInt(h, s.idle(c))
		}
		hashInt(h, s.age(c))
		if !s.opts.NamesOnly {
			hashInt(h, s.idle(c))
			hashString(h, c.lastCmd)
		}
	}
	return h.Sum64()
}

// hashKeys adds up the hashes of the live keys, which needs no order.
func (s *Server) hashKeys(db map[string]*object, except []string) uint64 {
	var sum uint64
	for key, o := range db {
		if s.expired(o) || slices.Contains(except, key) {
			continue
		}
		ttl := int64(-1)
		if o.expireAt != noExpiry {
			ttl = o.expireAt - s.ms
		}
		sum += Mix(o.contentHash() ^ Mix(uint64(ttl)))
	}
	return sum
}

// Mix is the finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
func Mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// contentHash is remembered until the value changes.
func (o *object) contentHash() uint64 {
	if sum := o.sum.Load(); sum != 0 {
		return sum
	}
	h := xxhash.New()
	hashString(h, o.key)
	hashInt(h, int64(o.kind))
	hashString(h, o.str)
	for _, v := range o.list.items() {
		hashString(h, v)
	}
	for _, f := range o.hash.fields {
		hashString(h, f.name)
		hashString(h, f.value)
	}
	if o.stream != nil {
		h.WriteString(o.stream.text())
	}
	if o.set != nil {
		o.set.hash(h)
	}
	if o.zset != nil {
		o.zset.hash(h)
	}
	sum := max(h.Sum64(), 1)
	o.sum.Store(sum)
	return sum
}

func (t *set) hash(h *xxhash.Digest) {
	if t.mixed {
		hashInt(h, 1)
	}
	for _, m := range t.members {
		hashString(h, m)
	}
}

func (z *sortedSet) hash(h *xxhash.Digest) {
	for _, m := range z.members {
		hashString(h, m.member)
		hashInt(h, int64(math.Float64bits(m.score)))
	}
}

func (c *conn) hash(h *xxhash.Digest) {
	hashInt(h, int64(c.id))
	for _, v := range []string{c.addr, c.name, c.libName, c.libVer, c.flags()} {
		hashString(h, v)
	}
	hashInt(h, int64(c.resp))
	if c.dirtyExec {
		hashInt(h, 1)
	}
	for _, q := range c.queue {
		hashInt(h, int64(len(q.args)))
		for _, a := range q.args {
			hashString(h, a)
		}
	}
	for _, w := range c.watched {
		hashString(h, w.key)
		if w.expired {
			hashInt(h, 1)
		}
	}
}
