package redismodel

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Dump returns the state as text, one line a key, a connection or a script, in
// a fixed order: two dumps can be compared line by line.
func (s *Server) Dump(now time.Duration) string {
	s.advance(now)
	var b strings.Builder
	for _, key := range s.matching("*") {
		o := s.db[key]
		fmt.Fprintf(&b, "%s %q", kindNames[o.kind], o.key)
		if o.expireAt != noExpiry {
			fmt.Fprintf(&b, " ttl=%dms", o.expireAt-s.ms)
		}
		b.WriteString(" " + o.text() + "\n")
	}
	for _, c := range s.conns {
		fmt.Fprintf(&b, "client %d %s name=%q flags=%s queued=%d", c.id, c.addr, c.name, c.flags(), len(c.queue))
		for _, w := range c.watched {
			fmt.Fprintf(&b, " watch=%q", w.key)
		}
		b.WriteString("\n")
	}
	for _, sha := range slices.Sorted(maps.Keys(s.scripts)) {
		fmt.Fprintf(&b, "script %s\n", sha)
	}
	return b.String()
}

func (o *object) text() string {
	switch o.kind {
	case kindList:
		return fmt.Sprintf("%q", o.list.items())
	case kindHash:
		return fmt.Sprintf("%q", o.hash.fields)
	case kindSet:
		return fmt.Sprintf("%q", o.set.members)
	case kindSortedSet:
		return fmt.Sprintf("%v", o.zset.members)
	case kindStream:
		return o.stream.text()
	}
	return fmt.Sprintf("%q", o.str)
}
