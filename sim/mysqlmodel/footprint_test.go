package mysqlmodel

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// independent tells whether two footprints of different connections do not overlap.
func independent(f, g Footprint) bool {
	overlap := func(a, b []string) bool {
		return slices.ContainsFunc(a, func(name string) bool { return slices.Contains(b, name) })
	}
	return !f.All && !g.All && !overlap(f.Writes, g.Writes) && !overlap(f.Writes, g.Reads) && !overlap(f.Reads, g.Writes)
}

func TestIndependentRequestsCommute(t *testing.T) {
	apart, dependent := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		s, _ := logIn(t, sample(t), 1, 2, 3)
		reach(rt, s)
		for range 4 {
			x, ok := anyAction(rt, s, 1)
			y, also := anyAction(rt, s, 2)
			if !ok || !also {
				return
			}
			if !independent(x.footprint(s), y.footprint(s)) {
				dependent++
				continue
			}
			apart++
			first, second := s.Clone(), s.Clone()
			x1, _ := x.apply(first, 0)
			y1, _ := y.apply(first, 0)
			y2, _ := y.apply(second, 0)
			x2, _ := x.apply(second, 0)
			if !bytes.Equal(x1, x2) || !bytes.Equal(y1, y2) || first.Dump(0) != second.Dump(0) {
				rt.Fatalf("%s %q and %s %q do not commute:\n%v\n%v\nreplies %q %q, %q %q\n%s\n%s\nfrom\n%s", x.kind, x.payload, y.kind, y.payload,
					x.footprint(s), y.footprint(s), x1, x2, y1, y2, first.Dump(0), second.Dump(0), s.Dump(0))
			}
		}
	})
	t.Logf("%d pairs commute, %d are taken to depend on each other", apart, dependent)
	if apart == 0 || dependent == 0 {
		t.Error("one kind of pairs never occurred")
	}
}

// TestRequestsThatMayCloseACircleDependOnEachOther checks what random states seldom hold: pairs that do not commute
// only because of the order in which they begin to wait.
func TestRequestsThatMayCloseACircleDependOnEachOther(t *testing.T) {
	for name, c := range map[string]struct {
		before        map[ConnID][]string
		first, second string // of connections 1 and 2
	}{
		"waits in two tables": {
			map[ConnID][]string{3: {"BEGIN", "SELECT * FROM d FOR UPDATE", "SELECT * FROM t FOR UPDATE"}},
			"SELECT * FROM d FOR UPDATE", "SELECT * FROM t FOR UPDATE",
		},
		"named locks": {
			map[ConnID][]string{1: {"SELECT GET_LOCK('a', 0)"}, 2: {"SELECT GET_LOCK('b', 0)"}},
			"SELECT GET_LOCK('b', 9)", "SELECT GET_LOCK('a', 9)",
		},
		"a victim elsewhere": {
			map[ConnID][]string{
				1: {"BEGIN", "UPDATE d SET done=5 WHERE chunk=1", "UPDATE d SET done=6 WHERE chunk=1", "UPDATE d SET done=7 WHERE chunk=1"},
				3: {"BEGIN", "SELECT * FROM t WHERE id=1 FOR UPDATE", "SELECT * FROM d WHERE chunk=2 FOR UPDATE", "SELECT * FROM d WHERE chunk=1 FOR UPDATE"},
			},
			"SELECT * FROM d WHERE chunk=2 FOR UPDATE", "SELECT * FROM t WHERE id=1 FOR UPDATE SKIP LOCKED",
		},
	} {
		s, _ := logIn(t, sample(t), 1, 2, 3)
		for id := range ConnID(3) {
			for _, sql := range c.before[id+1] {
				run(s, id+1, sql)
			}
		}
		if independent(s.Footprint(1, query(c.first)), s.Footprint(2, query(c.second))) {
			t.Errorf("%s: taken to be independent", name)
		}
		one, other := s.Clone(), s.Clone()
		x1, y1 := run(one, 1, c.first), run(one, 2, c.second)
		y2, x2 := run(other, 2, c.second), run(other, 1, c.first)
		if bytes.Equal(x1, x2) && bytes.Equal(y1, y2) && one.Dump(0) == other.Dump(0) {
			t.Errorf("%s: they commute, so the case shows nothing", name)
		}
	}
}
