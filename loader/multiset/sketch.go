// Package multiset compares multisets of any size in memory of a fixed one, and finds
// the elements in which they differ.
//
// Each element becomes a keyed hash of 128 bits. A [Sketch] adds up the hashes of one
// side and subtracts those of the other, in cells: what is on both sides leaves no trace,
// in whatever order it came, and two that are alike do not cancel each other, as they
// would with XOR. Three cells hold each element, so that a cell in which only one
// differing element is left gives its hash and how often it is too many; it is then taken
// out of its other cells, and so on, until nothing is left. This is an invertible Bloom
// lookup table (Goodrich and Mitzenmacher 2011), of sums. How much it finds depends on its
// size and on the number of elements that differ, and not on that of all, as it would if
// elements were looked for again by partitions of the hash.
//
// Two multisets that differ look equal with a probability of 2^-128 at most: the sums are
// exact integers, so given all other hashes there is at most one value of 2^128 for the
// hash of a differing element that makes the sum of its cell zero. This takes SHA-256 with
// a secret key for a random function, and elements that do not depend on the key.
package multiset

import "math/bits"

// PerDifference is how many bytes of a sketch it takes to find one differing element.
const PerDifference = 112

// Least is the size in bytes of the smallest sketch.
const Least = 64 << 10

// A difference that is too large for the whole is looked for in samples, each of one in
// sixteen of the one before. The last one is of 2^24.
const (
	samples    = 6
	sampleBits = 4
)

// Sketch is the difference of two multisets. The whole has half of its size, and the
// samples have the other half.
type Sketch struct{ tables [1 + samples]table }

// NewSketch makes a sketch of so many bytes, or of Least.
func NewSketch(size int) *Sketch {
	size = max(size, Least)
	s := &Sketch{}
	s.tables[0] = newTable(size / 2)
	for i := range samples {
		s.tables[1+i] = newTable(size / 2 / samples)
	}
	return s
}

// Add adds an element so many times, or takes it away.
func (s *Sketch) Add(h Hash, times int64) {
	for i := range s.tables {
		if !h.In(1 << (i * sampleBits)) {
			return
		}
		s.tables[i].add(h, times)
	}
}

// Empty tells whether nothing differs.
func (s *Sketch) Empty() bool { return s.tables[0].empty() }

// Difference returns the elements in which both sides differ and how often each is too
// many or, negative, too few: all of them, or those in the largest sample that can be
// told, which is one element in so many. A sketch can be asked once.
func (s *Sketch) Difference() (times map[Hash]int64, of int, ok bool) {
	for i := range s.tables {
		if times, ok := s.tables[i].peel(); ok {
			return times, 1 << (i * sampleBits), true
		}
	}
	return nil, 0, false
}

type table struct {
	cells []cell
	third uint64 // of the cells
}

func newTable(size int) table {
	third := size / cellSize / 3
	return table{make([]cell, 3*third), uint64(third)}
}

func (t *table) add(h Hash, times int64) {
	one := cellOf(h, times)
	for _, place := range h.places(t.third) {
		t.cells[place].add(&one)
	}
}

func (t *table) empty() bool {
	for i := range t.cells {
		if t.cells[i] != (cell{}) {
			return false
		}
	}
	return true
}

// peel takes out elements as long as there is one alone in a cell.
func (t *table) peel() (times map[Hash]int64, ok bool) {
	times = map[Hash]int64{}
	var look []uint64
	for place := range t.cells {
		look = append(look[:0], uint64(place))
		for len(look) > 0 {
			at := look[len(look)-1]
			look = look[:len(look)-1]
			h, n, alone := t.cells[at].alone()
			if !alone || len(times) > len(t.cells) {
				continue
			}
			times[h] += n
			t.add(h, -n)
			for _, other := range h.places(t.third) {
				if other != at {
					look = append(look, other)
				}
			}
		}
	}
	return times, t.empty()
}

const cellSize = 40

// cell is a sum over elements: how often each is there, that times its hash, an integer of
// 192 bits in two's complement, and that times its check.
type cell struct {
	times int64
	sum   [3]uint64 // the lowest first
	check uint64
}

func cellOf(h Hash, times int64) cell {
	c := cell{times: times, check: uint64(times) * h.check()}
	by := magnitude(times)
	high, low := bits.Mul64(h.high, by)
	var carry uint64
	c.sum[1], c.sum[0] = bits.Mul64(h.low, by)
	c.sum[1], carry = bits.Add64(c.sum[1], low, 0)
	c.sum[2] = high + carry
	if times < 0 {
		c.sum = negative(c.sum)
	}
	return c
}

func negative(n [3]uint64) [3]uint64 {
	var borrow uint64
	for i := range n {
		n[i], borrow = bits.Sub64(0, n[i], borrow)
	}
	return n
}

func (c *cell) add(other *cell) {
	c.times += other.times
	c.check += other.check
	var carry uint64
	c.sum[0], carry = bits.Add64(c.sum[0], other.sum[0], 0)
	c.sum[1], carry = bits.Add64(c.sum[1], other.sum[1], carry)
	c.sum[2], _ = bits.Add64(c.sum[2], other.sum[2], carry)
}

// alone returns the one element whose sum a cell is, if it is that of one.
func (c *cell) alone() (h Hash, times int64, alone bool) {
	if c.times == 0 {
		return h, 0, false
	}
	sum := c.sum
	if c.times < 0 {
		sum = negative(sum)
	}
	by := magnitude(c.times)
	if sum[2] >= by {
		return h, 0, false // more than 128 bits
	}
	var rest uint64
	h.high, rest = bits.Div64(sum[2], sum[1], by)
	h.low, rest = bits.Div64(rest, sum[0], by)
	return h, c.times, rest == 0 && c.check == uint64(c.times)*h.check()
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
