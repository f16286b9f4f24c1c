package lock

import (
	"strconv"
	"strings"
)

// Keys names everything that a job keeps in Redis. All of it shares the list's
// hash slot, so that it can be used in one transaction in a Redis Cluster too;
// except for a list whose name has a } but no hash tag, with which no other
// key can share a slot.
type Keys struct {
	List   string // the target: one element a row
	Plan   string // hash: id and body of the plan
	Chunks string // bitmap: bit i is set when chunk i is committed
	Owners string // hash: who committed chunk i, where a strategy records it
}

// KeysFor derives a job's keys from the name of its list.
func KeysFor(list string) Keys {
	tagged := "{" + list + "}"
	if hasHashTag(list) {
		tagged = list
	}
	return Keys{
		List:   list,
		Plan:   tagged + ":plan",
		Chunks: tagged + ":chunks",
		Owners: tagged + ":owners",
	}
}

// Lock is the key of the lock or lease on one chunk.
func (k Keys) Lock(chunk int) string {
	return strings.TrimSuffix(k.Chunks, ":chunks") + ":lock:" + strconv.Itoa(chunk)
}

// hasHashTag follows the Redis Cluster specification: the part between the
// first { and the next } decides the slot, unless it is empty.
func hasHashTag(key string) bool {
	_, rest, found := strings.Cut(key, "{")
	if !found {
		return false
	}
	return strings.Index(rest, "}") > 0
}
