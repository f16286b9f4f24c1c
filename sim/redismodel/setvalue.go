package redismodel

import (
	"cmp"
	"slices"
)

// set lists its members as a real server does while it is small: in the order
// of their numbers as long as all have been integers, and else in the order in
// which they were added.
type set struct {
	members []string
	mixed   bool // a member has not been an integer
	bytes   int64
}

func (t *set) clone() *set { return &set{slices.Clone(t.members), t.mixed, t.bytes} }

func (t *set) has(member []byte) bool { return slices.Contains(t.members, string(member)) }

// add reports whether the member is new.
func (t *set) add(member []byte) bool {
	if t.has(member) {
		return false
	}
	at := len(t.members)
	if n, ok := parseInt(member); !ok {
		t.mixed = true
	} else if !t.mixed {
		at, _ = slices.BinarySearchFunc(t.members, n, func(m string, n int64) int { return cmp.Compare(number([]byte(m)), n) })
	}
	t.members = slices.Insert(t.members, at, string(member))
	t.bytes += int64(len(member))
	return true
}

func (t *set) remove(member []byte) bool {
	i := slices.Index(t.members, string(member))
	if i < 0 {
		return false
	}
	t.members = slices.Delete(t.members, i, i+1)
	t.bytes -= int64(len(member))
	return true
}

// sortedSet holds its members by score, and those of one score by name.
type sortedSet struct {
	members []scored
	bytes   int64
}

type scored struct {
	member string
	score  float64
}

func (z *sortedSet) clone() *sortedSet { return &sortedSet{slices.Clone(z.members), z.bytes} }

// find returns the rank of a member, -1 if there is none.
func (z *sortedSet) find(member []byte) int {
	return slices.IndexFunc(z.members, func(m scored) bool { return m.member == string(member) })
}

// put adds a member or gives it another score.
func (z *sortedSet) put(member []byte, score float64) {
	if i := z.find(member); i >= 0 {
		z.cut(i, i+1)
	}
	m := scored{string(member), score + 0} // no negative zero, which a real server stores as 0
	at, _ := slices.BinarySearchFunc(z.members, m, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(a.member, b.member))
	})
	z.members = slices.Insert(z.members, at, m)
	z.bytes += int64(len(m.member)) + scoreCost
}

// cut deletes the members of some ranks.
func (z *sortedSet) cut(from, to int) {
	for _, m := range z.members[from:to] {
		z.bytes -= int64(len(m.member)) + scoreCost
	}
	z.members = slices.Delete(z.members, from, to)
}
