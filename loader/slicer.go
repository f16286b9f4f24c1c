package loader

import "onceover/loader/lock"

// DefaultChunkBytes bounds a commit to a few milliseconds of the Redis server, and what a
// worker holds in memory, also where rows are large.
const DefaultChunkBytes = 8 << 20

// slicer collects the elements of a chunk, and pushes what it has before it holds more than
// limit bytes. An element that is larger is a slice of its own.
type slicer struct {
	limit  int // 0: none
	push   func(slice lock.Slice, elements [][]byte) error
	encode *encoder // whose row is added

	slice lock.Slice // to come
	rest  [][]byte   // its elements
	bytes int        // of rest
}

func (s *slicer) add(element []byte) error {
	if s.limit > 0 && len(s.rest) > 0 && s.bytes+len(element) > s.limit {
		s.slice.Next = s.encode.writtenKey()
		if err := s.push(s.slice, s.rest); err != nil {
			return err
		}
		s.slice, s.rest, s.bytes = lock.Slice{From: s.slice.Next}, nil, 0
	}
	s.rest = append(s.rest, element)
	s.bytes += len(element)
	return nil
}
