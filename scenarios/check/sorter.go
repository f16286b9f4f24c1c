package check

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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

// fanIn bounds how many runs of one level are kept, and so the open files of a
// merge: thirty-two runs become one of the next level.
const fanIn = 32

// readAhead is the buffer of each run that is read, in bytes.
const readAhead = 32 << 10

// sorter sorts more records than fit in memory: runs that do are sorted and
// written to files, and the files are merged (external merge sort, Knuth, The
// Art of Computer Programming 3, 5.4).
type sorter struct {
	limit   int    // records in memory
	parent  string // where the folder of the runs is made
	dir     string // made when the first run is written
	records []record
	runs    []run // of descending level
	written int   // names the next file
}

type run struct {
	path  string
	level int
}

func (s *sorter) add(r record) error {
	if len(s.records) == s.limit {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.records = append(s.records, r)
	return nil
}

func (s *sorter) spill() error {
	slices.SortFunc(s.records, record.compare)
	source := &memorySource{s.records}
	if err := s.write(0, source.next); err != nil {
		return err
	}
	s.records = s.records[:0]
	for s.ripe() {
		if err := s.compact(); err != nil {
			return err
		}
	}
	return nil
}

func (s *sorter) ripe() bool {
	n := len(s.runs)
	return n >= fanIn && s.runs[n-fanIn].level == s.runs[n-1].level
}

// compact merges the last runs, all of one level, into one of the next.
func (s *sorter) compact() error {
	kept := len(s.runs) - fanIn
	old := slices.Clone(s.runs[kept:])
	m, err := openRuns(old)
	if err != nil {
		return err
	}
	defer m.close()
	s.runs = s.runs[:kept]
	if err := s.write(old[0].level+1, m.next); err != nil {
		return err
	}
	for _, r := range old {
		if err := os.Remove(r.path); err != nil {
			return fmt.Errorf("check: remove a merged run: %w", err)
		}
	}
	return nil
}

// write makes a run of what next yields until io.EOF.
func (s *sorter) write(level int, next func() (record, error)) error {
	if s.dir == "" {
		dir, err := os.MkdirTemp(s.parent, "onceover-check-")
		if err != nil {
			return fmt.Errorf("check: a folder to sort in: %w", err)
		}
		s.dir = dir
	}
	path := filepath.Join(s.dir, strconv.Itoa(s.written))
	s.written++
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("check: begin a run: %w", err)
	}
	if err := errors.Join(writeRecords(file, next), file.Close()); err != nil {
		return fmt.Errorf("check: write a run: %w", err)
	}
	s.runs = append(s.runs, run{path, level})
	return nil
}

func writeRecords(file io.Writer, next func() (record, error)) error {
	out := bufio.NewWriterSize(file, readAhead)
	var b [recordSize]byte
	for {
		r, err := next()
		if err == io.EOF {
			return out.Flush()
		}
		if err != nil {
			return err
		}
		binary.LittleEndian.PutUint64(b[0:], uint64(r.id))
		binary.LittleEndian.PutUint64(b[8:], r.digest)
		binary.LittleEndian.PutUint64(b[16:], r.place)
		if _, err := out.Write(b[:]); err != nil {
			return err
		}
	}
}

// sorted yields all records in order. The sorter takes no more afterwards.
func (s *sorter) sorted() (*merge, error) {
	slices.SortFunc(s.records, record.compare)
	m, err := openRuns(s.runs)
	if err != nil {
		return nil, err
	}
	if err := m.push(&memorySource{s.records}); err != nil {
		m.close()
		return nil, err
	}
	return m, nil
}

// close removes the files. It may be called more than once.
func (s *sorter) close() error {
	s.records, s.runs = nil, nil
	if s.dir == "" {
		return nil
	}
	dir := s.dir
	s.dir = ""
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("check: remove the sorted runs: %w", err)
	}
	return nil
}
