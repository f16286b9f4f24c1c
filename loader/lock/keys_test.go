package lock_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onceover/loader/lock"
)

// hashed is the part of a key that decides its slot in a Redis Cluster.
func hashed(key string) string {
	_, rest, found := strings.Cut(key, "{")
	if tag, _, closed := strings.Cut(rest, "}"); found && closed && tag != "" {
		return tag
	}
	return key
}

func TestKeysOfAJobShareASlot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.StringOfN(rapid.SampledFrom([]rune("a:{}")), 1, 8, -1).Draw(t, "list")
		k := lock.KeysFor(list)
		if k.List != list {
			t.Fatalf("the list is %q, want %q", k.List, list)
		}
		if strings.Contains(list, "}") && hashed(list) == list {
			return // no other key can have all of such a name as its tag
		}
		for _, key := range []string{k.Plan, k.Chunks, k.Owners, k.Lock(12)} {
			if hashed(key) != hashed(list) {
				t.Errorf("key %q has the slot of %q, the list %q that of %q", key, hashed(key), list, hashed(list))
			}
		}
	})
}

func TestKeys(t *testing.T) {
	for list, base := range map[string]string{
		"orders":    "{orders}:",
		"{shop}:a":  "{shop}:a#",
		"{orders}":  "{orders}#",
		"{}a":       "{{}a}:",
		"a:chunks":  "{a:chunks}:",
		"a{not yet": "{a{not yet}:",
	} {
		k := lock.KeysFor(list)
		got := []string{k.List, k.Plan, k.Chunks, k.Owners, k.Lock(7), k.Own()}
		if want := []string{list, base + "plan", base + "chunks", base + "owners", base + "lock:7", base}; !slices.Equal(got, want) {
			t.Errorf("the keys for %q are %q, want %q", list, got, want)
		}
	}
}

// Two jobs that share a key would take each other's marks for their own.
func TestNoTwoListsShareAKey(t *testing.T) {
	name := rapid.StringOfN(rapid.SampledFrom([]rune("a:{}#plan")), 1, 10, -1)
	rapid.Check(t, func(t *rapid.T) {
		list := name.Draw(t, "list")
		other := rapid.OneOf(name, rapid.SampledFrom([]string{"{" + list + "}", strings.Trim(list, "{}"), list + ":plan", list + "#plan"})).Draw(t, "other")
		if other == list {
			return
		}
		k, o := lock.KeysFor(list), lock.KeysFor(other)
		all := []string{o.Plan, o.Chunks, o.Owners, o.Lock(0)}
		for _, key := range []string{k.Plan, k.Chunks, k.Owners, k.Lock(0)} {
			if slices.Contains(all, key) {
				t.Errorf("lists %q and %q share %q", list, other, key)
			}
		}
	})
}

// No key of a job may be another one, or a lock of it.
func TestKeysOfAJobAreDistinct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := lock.KeysFor(rapid.StringOfN(rapid.SampledFrom([]rune("a:{}chunkslop")), 1, 12, -1).Draw(t, "list"))
		seen := map[string]bool{}
		for _, key := range []string{k.List, k.Plan, k.Chunks, k.Owners, k.Lock(0), k.Lock(1)} {
			if seen[key] {
				t.Errorf("%+v: %q is used twice", k, key)
			}
			seen[key] = true
		}
	})
}
