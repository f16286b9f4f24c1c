package check

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// source yields records in order, and io.EOF after the last.
type source interface {
	next() (record, error)
	close()
}

type memorySource struct{ rest []record }

func (m *memorySource) next() (record, error) {
	if len(m.rest) == 0 {
		return record{}, io.EOF
	}
	r := m.rest[0]
	m.rest = m.rest[1:]
	return r, nil
}

func (*memorySource) close() {}

type fileSource struct {
	file *os.File
	in   *bufio.Reader
}

func openRun(r run) (*fileSource, error) {
	file, err := os.Open(r.path)
	if err != nil {
		return nil, fmt.Errorf("check: read a run back: %w", err)
	}
	return &fileSource{file, bufio.NewReaderSize(file, readAhead)}, nil
}

func (f *fileSource) next() (record, error) {
	b, err := f.in.Peek(recordSize)
	if err == io.EOF && len(b) == 0 {
		return record{}, io.EOF
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return record{}, fmt.Errorf("check: read a run back: %w", err)
	}
	r := record{
		id:     int64(binary.LittleEndian.Uint64(b[0:])),
		digest: binary.LittleEndian.Uint64(b[8:]),
		place:  binary.LittleEndian.Uint64(b[16:]),
	}
	_, err = f.in.Discard(recordSize)
	return r, err
}

func (f *fileSource) close() { _ = f.file.Close() } // it was only read

// merge is a binary heap of sources, the one with the least head on top.
type merge struct{ heap []head }

type head struct {
	record
	source source
}

func openRuns(runs []run) (*merge, error) {
	m := &merge{}
	for _, r := range runs {
		s, err := openRun(r)
		if err != nil {
			m.close()
			return nil, err
		}
		if err := m.push(s); err != nil {
			m.close()
			return nil, err
		}
	}
	return m, nil
}

func (m *merge) push(s source) error {
	first, err := s.next()
	if err != nil {
		s.close()
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	m.heap = append(m.heap, head{first, s})
	for i := len(m.heap) - 1; i > 0 && m.less(i, (i-1)/2); i = (i - 1) / 2 {
		m.swap(i, (i-1)/2)
	}
	return nil
}

// peek is the least record that was not taken yet.
func (m *merge) peek() (record, bool) {
	if len(m.heap) == 0 {
		return record{}, false
	}
	return m.heap[0].record, true
}

// next takes the least record; io.EOF says that there is none.
func (m *merge) next() (record, error) {
	if len(m.heap) == 0 {
		return record{}, io.EOF
	}
	top := &m.heap[0]
	taken := top.record
	following, err := top.source.next()
	switch err {
	case nil:
		top.record = following
	case io.EOF:
		top.source.close()
		last := len(m.heap) - 1
		m.heap[0] = m.heap[last]
		m.heap = m.heap[:last]
	default:
		return record{}, err
	}
	m.sink()
	return taken, nil
}

func (m *merge) sink() {
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(m.heap); child++ {
			if m.less(child, least) {
				least = child
			}
		}
		if least == i {
			return
		}
		m.swap(i, least)
		i = least
	}
}

func (m *merge) less(i, j int) bool { return m.heap[i].compare(m.heap[j].record) < 0 }
func (m *merge) swap(i, j int)      { m.heap[i], m.heap[j] = m.heap[j], m.heap[i] }

func (m *merge) close() {
	for _, h := range m.heap {
		h.source.close()
	}
	m.heap = nil
}
