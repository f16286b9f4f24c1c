package multiset

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/bits"
)

// Key draws the hash of one comparison. It is drawn at random for each and kept to
// oneself, so that no data can be made to look equal.
type Key [16]byte

// Hash stands for an element.
type Hash struct{ high, low uint64 }

// Hasher makes hashes with one key, for one goroutine.
type Hasher struct {
	key   Key
	state hash.Hash
	sum   [sha256.Size]byte
}

// NewHasher makes hashes with a key.
func NewHasher(key Key) *Hasher { return &Hasher{key: key, state: sha256.New()} }

// Hash is the first half of the SHA-256 of the key and the element. Nobody sees a hash, so
// that no more can be appended to what was hashed.
func (h *Hasher) Hash(element []byte) Hash {
	h.state.Reset()
	h.state.Write(h.key[:])
	h.state.Write(element)
	sum := h.state.Sum(h.sum[:0])
	return Hash{binary.BigEndian.Uint64(sum), binary.BigEndian.Uint64(sum[8:])}
}

// In tells whether the element is in the sample of one in so many, a power of two.
func (h Hash) In(of int) bool { return h.low&uint64(of-1) == 0 }

// check is what tells a hash from a sum of several.
func (h Hash) check() uint64 {
	high, low := bits.Mul64(h.high|1, h.low^0x9e3779b97f4a7c15)
	return (high ^ bits.RotateLeft64(low, 29)) + h.high*0xbf58476d1ce4e5b9
}

// places are three cells, one in each third of so many thirds.
func (h Hash) places(third uint64) (places [3]uint64) {
	for i, part := range [3]uint64{h.high >> 32, h.high & 0xffffffff, h.low >> 32} {
		places[i] = uint64(i)*third + part*third>>32
	}
	return places
}
