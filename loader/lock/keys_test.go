package lock_test

import (
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
	for list, want := range map[string]lock.Keys{
		"orders":    {List: "orders", Plan: "{orders}:plan", Chunks: "{orders}:chunks", Owners: "{orders}:owners"},
		"{shop}:a":  {List: "{shop}:a", Plan: "{shop}:a:plan", Chunks: "{shop}:a:chunks", Owners: "{shop}:a:owners"},
		"{}a":       {List: "{}a", Plan: "{{}a}:plan", Chunks: "{{}a}:chunks", Owners: "{{}a}:owners"},
		"a:chunks":  {List: "a:chunks", Plan: "{a:chunks}:plan", Chunks: "{a:chunks}:chunks", Owners: "{a:chunks}:owners"},
		"a{not yet": {List: "a{not yet", Plan: "{a{not yet}:plan", Chunks: "{a{not yet}:chunks", Owners: "{a{not yet}:owners"},
	} {
		if got := lock.KeysFor(list); got != want {
			t.Errorf("KeysFor(%q) = %+v, want %+v", list, got, want)
		}
	}
	if got := lock.KeysFor("a:chunks").Lock(7); got != "{a:chunks}:lock:7" {
		t.Errorf("the lock of chunk 7 is %q", got)
	}
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
