package check

import (
	"container/heap"
	"io"
)

// source yields records in order, and io.EOF after the last.
type source func() (record, error)

// merge yields the records of several sources in order. It is a heap of them:
// the one with the least record is on top.
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
	heap.Init(&m)
	return &m, nil
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
		if len(*m) > 1 {
			heap.Fix(m, 0)
		}
	case io.EOF:
		heap.Pop(m)
	default:
		return record{}, err
	}
	return taken, nil
}

func (m merge) Len() int           { return len(m) }
func (m merge) Less(i, j int) bool { return m[i].compare(m[j].record) < 0 }
func (m merge) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *merge) Push(h any)        { *m = append(*m, h.(head)) }

func (m *merge) Pop() any {
	last := len(*m) - 1
	h := (*m)[last]
	*m = (*m)[:last]
	return h
}
