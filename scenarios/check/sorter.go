package check

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// record is what the check keeps of an element. Records are ordered by id and
// then by their place among the elements, which no two share.
type record struct {
	id     int64
	digest uint64
	place  uint64 // position among the elements, times two; odd: not checked for content
}

const recordSize = 24

func newRecord(k keyed, position uint64) record {
	r := record{k.id, k.digest, position << 1}
	if !k.checked {
		r.place |= 1
	}
	return r
}

func (r record) position() uint64 { return r.place >> 1 }
func (r record) checked() bool    { return r.place&1 == 0 }

func (r record) compare(other record) int {
	if c := cmp.Compare(r.id, other.id); c != 0 {
		return c
	}
	return cmp.Compare(r.place, other.place)
}

// sorter sorts more records than fit in memory: runs that do are sorted and
// written to a file, one after the other, and merged when all are there
// (external merge sort, Knuth, The Art of Computer Programming 3, 5.4).
type sorter struct {
	limit   int    // records in memory, and of a run
	parent  string // the folder of the file
	records []record
	file    *os.File // made when the first run is written
	runs    int
}

func (s *sorter) add(r record) error {
	if len(s.records) == s.limit {
		if err := s.spill(); err != nil {
			return fmt.Errorf("check: write a run: %w", err)
		}
	}
	s.records = append(s.records, r)
	return nil
}

// spill makes a run of the records in memory.
func (s *sorter) spill() (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp(s.parent, "onceover-check-"); err != nil {
			return err
		}
	}
	slices.SortFunc(s.records, record.compare)
	out := bufio.NewWriterSize(s.file, largestBuffer)
	var b [recordSize]byte
	for _, r := range s.records {
		binary.LittleEndian.PutUint64(b[0:], uint64(r.id))
		binary.LittleEndian.PutUint64(b[8:], r.digest)
		binary.LittleEndian.PutUint64(b[16:], r.place)
		if _, err := out.Write(b[:]); err != nil {
			return err
		}
	}
	s.records = s.records[:0]
	s.runs++
	return out.Flush()
}

// sorted yields all records in order. The sorter takes no more afterwards.
func (s *sorter) sorted() (*merge, error) {
	slices.SortFunc(s.records, record.compare)
	sources := []source{s.inMemory()}
	for i := range s.runs {
		sources = append(sources, s.run(i))
	}
	return newMerge(sources)
}

func (s *sorter) inMemory() source {
	rest := s.records
	return func() (r record, err error) {
		if len(rest) == 0 {
			return r, io.EOF
		}
		r, rest = rest[0], rest[1:]
		return r, nil
	}
}

// Bytes that the buffers of all runs take, as long as each gets at least the
// smallest and none more than the largest. The smallest buffer serves a run of
// 24 MiB, so it is the chunks' counts that grow with the list, not the buffers.
const (
	allBuffers     = 1 << 20
	largestBuffer  = 32 << 10
	smallestBuffer = 4 << 10
)

// run reads one run back.
func (s *sorter) run(i int) source {
	size := int64(s.limit) * recordSize
	in := bufio.NewReaderSize(io.NewSectionReader(s.file, int64(i)*size, size),
		max(smallestBuffer, min(largestBuffer, allBuffers/s.runs)))
	left := s.limit
	var b [recordSize]byte
	return func() (record, error) {
		if left == 0 {
			return record{}, io.EOF
		}
		left--
		if _, err := io.ReadFull(in, b[:]); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return record{}, fmt.Errorf("check: read run %d of %d back: %w", i+1, s.runs, err)
		}
		return record{
			id:     int64(binary.LittleEndian.Uint64(b[0:])),
			digest: binary.LittleEndian.Uint64(b[8:]),
			place:  binary.LittleEndian.Uint64(b[16:]),
		}, nil
	}
}

// source yields records in order, and io.EOF after the last.
type source func() (record, error)

// merge yields the records of several sources in order. The first of them has the
// least record. There are few, so that is looked for among all.
type merge []head

type head struct {
	record
	next source
}

func newMerge(sources []source) (*merge, error) {
	var m merge
	for _, next := range sources {
		first, err := next()
		if err == io.EOF {
			continue
		}
		if err != nil {
			return nil, err
		}
		m = append(m, head{first, next})
	}
	m.leastFirst()
	return &m, nil
}

func (m merge) leastFirst() {
	least := 0
	for i := range m {
		if m[i].compare(m[least].record) < 0 {
			least = i
		}
	}
	if least > 0 {
		m[0], m[least] = m[least], m[0]
	}
}

// peek is the least record that was not taken yet.
func (m merge) peek() (record, bool) {
	if len(m) == 0 {
		return record{}, false
	}
	return m[0].record, true
}

// next takes the least record; io.EOF says that there is none.
func (m *merge) next() (record, error) {
	taken, ok := m.peek()
	if !ok {
		return record{}, io.EOF
	}
	following, err := (*m)[0].next()
	switch err {
	case nil:
		(*m)[0].record = following
	case io.EOF:
		*m = slices.Delete(*m, 0, 1)
	default:
		return record{}, err
	}
	m.leastFirst()
	return taken, nil
}

// close removes the file. It may be called more than once.
func (s *sorter) close() error {
	s.records, s.runs = nil, 0
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	if err := errors.Join(file.Close(), os.Remove(file.Name())); err != nil {
		return fmt.Errorf("check: remove the sorted runs: %w", err)
	}
	return nil
}
