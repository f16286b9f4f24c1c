package multiset_test

import (
	"encoding/binary"
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"onceover/loader/multiset"
)

var hasher = multiset.NewHasher(multiset.Key{1, 2, 3})

func hash(element string) multiset.Hash { return hasher.Hash([]byte(element)) }

// times is a multiset, and times less those of another one.
type times map[string]int64

func (a times) less(b times) map[multiset.Hash]int64 {
	difference := map[multiset.Hash]int64{}
	for element, n := range a {
		difference[hash(element)] += n
	}
	for element, n := range b {
		difference[hash(element)] -= n
	}
	maps.DeleteFunc(difference, func(_ multiset.Hash, n int64) bool { return n == 0 })
	return difference
}

func drawTimes() *rapid.Generator[times] {
	return rapid.Custom(func(t *rapid.T) times {
		return rapid.MapOfN(rapid.StringMatching(`[a-e]{0,2}`), rapid.Int64Range(1, 1<<33), 0, 12).Draw(t, "multiset")
	})
}

// Of any two small multisets the difference is found to the letter, whatever the order in
// which they are added.
func TestTheDifferenceOfTwoMultisetsIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list, table := drawTimes().Draw(t, "list"), drawTimes().Draw(t, "table")
		if rapid.Bool().Draw(t, "equal") {
			list = table
		}
		s := multiset.NewSketch(multiset.Least)
		for element, n := range table {
			s.Add(hash(element), -n)
		}
		for element, n := range list {
			first := rapid.Int64Range(0, n).Draw(t, "first")
			s.Add(hash(element), first)
			s.Add(hash(element), n-first)
		}
		want := list.less(table)
		if s.Empty() != (len(want) == 0) {
			t.Fatalf("empty is %v, and the difference %v", s.Empty(), want)
		}
		got, of, ok := s.Difference()
		if !ok || of != 1 || !maps.Equal(got, want) {
			t.Fatalf("%v of one in %d (%v), want %v", got, of, ok, want)
		}
	})
}

// However much differs, what is found is true, and it is a sample that says how large it is.
func TestOfADifferenceThatDoesNotFitASampleIsFound(t *testing.T) {
	for _, differ := range []int{1_000, 30_000, 500_000} {
		s := multiset.NewSketch(multiset.Least)
		want := map[multiset.Hash]int64{}
		for i := range differ {
			h, n := hash(fmt.Sprint(i)), int64(i%5-2)
			s.Add(h, n)
			if n != 0 {
				want[h] = n
			}
		}
		got, of, ok := s.Difference()
		t.Logf("of %d that differ %d are found, one in %d", len(want), len(got), of)
		if !ok || of == 1 || len(got) == 0 {
			t.Fatalf("%d found, one in %d (%v)", len(got), of, ok)
		}
		if estimate := len(got) * of; estimate < len(want)/3 || estimate > 3*len(want) {
			t.Errorf("by the sample %d differ, and it is %d", estimate, len(want))
		}
		for h, n := range got {
			if want[h] != n || !h.In(of) {
				t.Errorf("%v is found %d times, want %d", h, n, want[h])
			}
		}
		for h := range want {
			if _, found := got[h]; h.In(of) && !found {
				t.Errorf("%v is in the sample, and is not found", h)
			}
		}
	}
}

// A sketch of the size that a comparison has finds what it promises.
func TestASketchFindsADifferenceForEachHundredBytes(t *testing.T) {
	const size = 1 << 20
	for seed := range byte(5) {
		h := multiset.NewHasher(multiset.Key{seed})
		s := multiset.NewSketch(size)
		var element [8]byte
		for i := range uint64(size / multiset.PerDifference) {
			binary.BigEndian.PutUint64(element[:], i)
			s.Add(h.Hash(element[:]), 1)
		}
		if got, of, ok := s.Difference(); !ok || of != 1 || len(got) != size/multiset.PerDifference {
			t.Errorf("seed %d: %d found, one in %d", seed, len(got), of)
		}
	}
}

func TestEachKeyGivesAnotherHash(t *testing.T) {
	if a, b := hash("a"), multiset.NewHasher(multiset.Key{2}).Hash([]byte("a")); a == b || a != hash("a") {
		t.Errorf("%v and %v", a, b)
	}
}

func BenchmarkAdd(b *testing.B) {
	s := multiset.NewSketch(8 << 20)
	element := make([]byte, 100)
	b.SetBytes(int64(len(element)))
	for i := uint64(0); b.Loop(); i++ {
		binary.LittleEndian.PutUint64(element, i)
		s.Add(hasher.Hash(element), 1)
	}
}
