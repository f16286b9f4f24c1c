package loader

import (
	"fmt"
	"strconv"
)

// keyspace tells how the keys of a table are ordered and written.
type keyspace struct {
	Unsigned bool
}

// place is a key's position in the order of its type, so that signed and
// unsigned keys are counted and compared alike, without overflow.
type place uint64

const signBit = 1 << 63

func (s keyspace) parse(text string) (place, error) {
	if s.Unsigned {
		u, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("key %q: %w", text, err)
		}
		return place(u), nil
	}
	i, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("key %q: %w", text, err)
	}
	return place(uint64(i) ^ signBit), nil
}

func (s keyspace) format(p place) string {
	if s.Unsigned {
		return strconv.FormatUint(uint64(p), 10)
	}
	return strconv.FormatInt(int64(uint64(p)^signBit), 10)
}
