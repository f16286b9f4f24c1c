package reports

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The shards of one N have every piece once, and none has two more than another.
func TestShardsDivideTheWork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces, of := rapid.IntRange(0, 300).Draw(t, "pieces"), rapid.IntRange(1, 70).Draw(t, "of")
		taken := make([]int, pieces)
		for i := range of {
			s, err := ParseShard(Shard{i + 1, of}.String())
			if err != nil || s != (Shard{i + 1, of}) {
				t.Fatalf("shard %d of %d is read as %+v, %v", i+1, of, s, err)
			}
			share := 0
			for k := range pieces {
				if s.Mine(k) {
					taken[k]++
					share++
				}
			}
			if share != s.Share(pieces) || share != pieces/of && share != pieces/of+1 {
				t.Fatalf("shard %s has %d of %d pieces, and says %d", s, share, pieces, s.Share(pieces))
			}
		}
		for k, times := range taken {
			if times != 1 {
				t.Fatalf("piece %d of %d is in %d of %d shards", k, pieces, times, of)
			}
		}
	})
}

func TestWhatIsNoShardIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"0/4": "the shards of 4 are 1/4 to 4/4", "5/4": "the shards of 4 are 1/4 to 4/4", "1/0": "there has to be a shard",
		"": "not of the form I/N", "3": "not of the form", "-1/4": "not of the form", "1/4 ": "not of the form", "1/4/4": "not of the form",
		"+1/4": "not of the form", "1/1001": "at most 1000", "1/99999999999999999999": "at most 1000", "x/y": "not of the form",
	} {
		if s, err := ParseShard(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v, want %q", text, s, err, want)
		}
	}
}

func TestWhatIsNotDividedIsWhole(t *testing.T) {
	var whole Shard
	if whole.String() != "" || !whole.Mine(0) || !whole.Mine(7) || whole.Share(9) != 9 {
		t.Errorf("%q has %d of 9", whole, whole.Share(9))
	}
}
