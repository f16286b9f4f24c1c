package lock

import (
	"strconv"
	"strings"
)

// Keys names everything that a job keeps in Redis, and how it pushes to its target. All of it shares the list's
// hash slot, so that it can be used in one transaction in a Redis Cluster too;
// except for a list whose name has a } but no hash tag, with which no other
// key can share a slot.
type Keys struct {
	List   string // the target: one element a row
	Right  bool   // rows are pushed to the right end of the list, and not to the left
	Stream bool   // the target is a stream: one entry a row, see RowField
	Plan   string // hash: id and body of the plan
	Chunks string // bitmap: bit i is set when chunk i is committed
	Owners string // hash: who committed chunk i, where a strategy records it
	Queue  string // stream: the chunks that are left, where a strategy hands them out so
	locks  string // what the names of locks begin with

	Planning string // lease of the process that cuts the table
}

// KeysFor derives a job's keys from the name of its list. No two lists share one: the
// names of {orders} are told from those of orders by what comes before the last part.
func KeysFor(list string) Keys {
	base := "{" + list + "}:"
	if hasHashTag(list) {
		base = list + "#"
	}
	return Keys{
		List:   list,
		Plan:   base + "plan",
		Chunks: base + "chunks",
		Owners: base + "owners",
		Queue:  base + "queue",
		locks:  base + "lock:",

		Planning: base + "planning",
	}
}

// Former is where the plan of a list with a hash tag was before such lists had keys of
// their own; "" for others.
func (k Keys) Former() string {
	if !hasHashTag(k.List) {
		return ""
	}
	return k.List + ":plan"
}

// RowField is the only field of a stream's entry. It holds what an element of a list would.
const RowField = "row"

// Push is the command that pushes rows.
func (k Keys) Push() string {
	if k.Stream {
		return "XADD"
	}
	if k.Right {
		return "RPUSH"
	}
	return "LPUSH"
}

// Lock is the key of the lock or lease on one chunk.
func (k Keys) Lock(chunk int) string { return k.locks + strconv.Itoa(chunk) }

// Own is what the names of all keys but the list begin with.
func (k Keys) Own() string { return strings.TrimSuffix(k.Plan, "plan") }

// ShareSlot tells whether all keys are in one hash slot.
func (k Keys) ShareSlot() bool { return hasHashTag(k.List) || !strings.Contains(k.List, "}") }

// hasHashTag follows the Redis Cluster specification: the part between the
// first { and the next } decides the slot, unless it is empty.
func hasHashTag(key string) bool {
	_, rest, found := strings.Cut(key, "{")
	if !found {
		return false
	}
	return strings.Index(rest, "}") > 0
}
