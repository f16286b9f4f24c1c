package mysqlmodel

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Hash returns a number that is the same for states that no client can tell apart, as far as the model knows, in every
// process: numbers of commits and the order of granted locks do not show. Times are relative to now.
func (s *Server) Hash(now time.Duration) uint64 {
	return xxhash.Sum64(s.appendState(make([]byte, 0, 1024), now))
}

// appendState writes all that the hash depends on. Rows that were never written are a number.
func (s *Server) appendState(b []byte, now time.Duration) []byte {
	for _, t := range s.tables {
		b = append(append(b, "table "...), t.fullName()...)
		if hidden := s.rank(t.created); hidden > 0 {
			b = appendNumber(b, " hidden ", uint64(hidden))
		}
		if t.original {
			b = appendNumber(b, " rows ", t.digest)
		} else {
			b = s.appendRows(b, t)
		}
		b = s.appendLocks(append(b, '\n'), t)
	}
	byName := slices.SortedFunc(slices.Values(s.named), func(a, b namedLock) int { return strings.Compare(a.name, b.name) })
	for _, l := range byName {
		b = fmt.Appendf(b, "lock %q connection %d times %d waiting %v\n", l.name, l.owner, l.count, l.waiters)
	}
	for _, c := range s.sessions {
		b = s.appendSession(b, c, now)
	}
	return b
}

// appendRows writes the rows with all their versions.
func (s *Server) appendRows(b []byte, t *table) []byte {
	for _, r := range t.records {
		b = append(b, "\n row"...)
		for v := r.head; v != nil; v = v.older {
			if v.writer != 0 {
				b = appendNumber(b, " by ", uint64(v.writer))
			} else {
				b = appendNumber(b, " hidden ", uint64(s.rank(v.commit)))
			}
			if v.deleted {
				b = append(b, " deleted"...)
			}
			for _, c := range v.cells {
				b = append(b, ' ')
				b = c.appendQuoted(b)
			}
		}
	}
	return b
}

func (c cell) appendQuoted(b []byte) []byte {
	switch c.kind {
	case cellNull:
		return append(b, "NULL"...)
	case cellText:
		return strconv.AppendQuote(b, c.text)
	}
	return c.appendText(b)
}

// appendLocks writes the locks by place, each granted and each waiting one in its order, which decides for whom the next waits.
func (s *Server) appendLocks(b []byte, t *table) []byte {
	locks := slices.Clone(t.locks)
	slices.SortStableFunc(locks, func(x, y rowLock) int {
		return cmp.Or(cmp.Compare(oneIf(x.end), oneIf(y.end)), cmp.Compare(x.key, y.key), cmp.Compare(oneIf(x.waiting), oneIf(y.waiting)))
	})
	for _, l := range locks {
		at := "end"
		if !l.end {
			at = string(t.columns[t.key].cellAt(l.key).appendText(nil))
		}
		b = fmt.Appendf(b, " lock %s connection %d kind %d exclusive %t waiting %t implicit %t structure %d\n",
			at, l.owner, l.kind, l.exclusive, l.waiting, l.implicit, s.session(l.owner).rankOf(l.structure))
	}
	return b
}

// rankOf tells how many structures are older than one.
func (c *session) rankOf(structure int) int {
	return slices.IndexFunc(c.structures, func(o lockStructure) bool { return o.number == structure })
}

func (s *Server) appendSession(b []byte, c *session, now time.Duration) []byte {
	b = appendNumber(b, "connection ", uint64(c.id))
	b = strconv.AppendQuote(append(b, " database "...), c.database)
	b = appendFlag(b, " greeted ", c.greeted)
	b = appendFlag(b, " found-rows ", c.foundRows)
	b = appendFlag(b, " autocommit ", c.autocommit)
	b = append(append(b, ' '), c.isolation.String()...)
	b = appendNumber(b, " lock-wait ", uint64(c.lockWait/time.Second))
	b = appendNumber(b, " collation ", uint64(c.collation))
	b = append(append(b, " time-zone "...), c.timeZone...)
	b = s.appendTransaction(append(b, "\n transaction"...), c)
	for _, p := range c.prepared {
		b = fmt.Appendf(b, " prepared %d %q types %x\n", p.id, p.st.text, p.types)
	}
	b = appendNumber(b, " prepared so far ", uint64(c.lastStatement))
	b = append(b, '\n')
	if c.pending != nil {
		b = s.appendPending(b, c.pending, now)
	}
	return b
}

func (s *Server) appendTransaction(b []byte, c *session) []byte {
	b = appendFlag(b, " explicit ", c.explicit)
	b = appendFlag(b, " active ", c.active)
	b = appendFlag(b, " read-only ", c.readOnly)
	b = append(append(b, ' '), c.level.String()...)
	b = appendFlag(b, " one-shot ", c.oneShot)
	b = appendNumber(b, " changes ", uint64(len(c.undo)))
	b = appendFlag(b, " joined ", c.joined)
	for _, p := range c.savepoints {
		b = fmt.Appendf(b, " savepoint %q %d %t", p.name, p.undo, p.joined)
	}
	b = appendNumber(b, " weight ", uint64(c.weight()))
	if c.consistent {
		b = appendNumber(b, " snapshot ", uint64(s.rank(c.snapshot)))
	}
	return append(b, '\n')
}

// The state is hashed at every step of a simulation, so what every connection has is not left to fmt.

func appendFlag(b []byte, name string, set bool) []byte {
	return strconv.AppendBool(append(b, name...), set)
}

func appendNumber(b []byte, name string, n uint64) []byte {
	return strconv.AppendUint(append(b, name...), n, 10)
}

func (s *Server) appendPending(b []byte, w *request, now time.Duration) []byte {
	b = fmt.Appendf(b, " pending %q %v ready %t verdict %v for %q table %d connection %d from %v span %d %t rows %d %d %d %d found %v changes before %d sent %x",
		w.st.text, w.args, w.ready, w.verdict, w.name, w.table, w.blocker, w.from, w.span, w.atEnd, w.rows, w.row, w.changed, w.warnings, w.found, w.mark, w.partial)
	if w.name == "" {
		earlier := 0 // the order of waits decides the victim of a deadlock
		for _, o := range s.sessions {
			if o.pending != nil && o.pending.name == "" && o.pending.order < w.order {
				earlier++
			}
		}
		b = appendNumber(b, " waits before ", uint64(earlier))
	}
	if w.deadline != never && !w.ready {
		b = fmt.Appendf(b, " deadline in %v", w.deadline-now)
	}
	return append(b, '\n')
}
