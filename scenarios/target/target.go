// Package target says where a program leaves the rows of a job in Redis, and reads them
// there: in a list, in several lists that hold every row once together, or in a stream.
package target

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"onceover/scenarios/worker"
)

// MostLists is how many lists a job may have: each is looked at again and again.
const MostLists = 10_000

// ErrTooMany says that names stand for more.
var ErrTooMany = fmt.Errorf("the names stand for more than %d lists", MostLists)

// Spec is what a user says of the target. The zero value is the list that ONCEOVER_LIST names.
type Spec struct {
	// Lists are names in which placeholders may stand. {chunk} and {worker} stand for one
	// list of each number.
	Lists  []string `json:"lists,omitempty"`
	Stream bool     `json:"stream,omitempty"` // ONCEOVER_LIST names a stream
}

// String is empty for the zero value.
func (s Spec) String() string {
	switch {
	case s.Stream:
		return "a stream"
	case len(s.Lists) > 0:
		return "the lists " + strings.Join(s.Lists, ", ")
	}
	return ""
}

// Check is a [worker.Misuse] if no job can have such a target.
func (s Spec) Check() error {
	if s.Stream && len(s.Lists) > 0 {
		return &worker.Misuse{What: "the rows are in lists or in a stream, and not in both"}
	}
	for _, name := range s.Lists {
		if name == "" {
			return &worker.Misuse{What: "a list without a name"}
		}
		if err := worker.CheckNames(name, []string{"list", "table", "run", "worker", "chunk"}); err != nil {
			return err
		}
	}
	return nil
}

// Own tells whether every key begins with the name of its run, so that nobody else has it.
func (s Spec) Own() bool {
	return !slices.ContainsFunc(s.Lists, func(name string) bool {
		return !strings.HasPrefix(name, "{list}") && !strings.HasPrefix(name, "{run}")
	})
}

// Of is the target of a job, or [ErrTooMany].
func (s Spec) Of(told worker.Contract) (Target, error) {
	t := Target{stream: s.Stream, is: map[string]bool{}}
	if len(s.Lists) == 0 {
		t.add(told.List)
	}
	for _, name := range s.Lists {
		for key := range spread(name, told) {
			if t.add(key); len(t.keys) > MostLists {
				return Target{}, fmt.Errorf("--list: %w", ErrTooMany)
			}
		}
	}
	return t, nil
}

// spread yields the keys that a name stands for. Programs count chunks from 0 or from 1, so
// one more is looked at than there are.
func spread(name string, told worker.Contract) iter.Seq[string] {
	numbers := func(placeholder string, n int) int {
		if strings.Contains(name, placeholder) {
			return n
		}
		return 1
	}
	chunks, workers := numbers("{chunk}", told.Chunks+1), numbers("{worker}", told.Workers)
	return func(yield func(string) bool) {
		for i := range chunks * workers {
			values := map[string]string{
				"list": told.List, "table": told.Table, "run": told.Run,
				"chunk": strconv.Itoa(i / workers), "worker": strconv.Itoa(i % workers),
			}
			if !yield(worker.Fill(name, func(name string) (string, bool) { v, ok := values[name]; return v, ok })) {
				return
			}
		}
	}
}

// Target is where the rows of one job are.
type Target struct {
	stream bool
	keys   []string
	is     map[string]bool // one of the keys
}

func (t *Target) add(key string) {
	if !t.is[key] {
		t.is[key] = true
		t.keys = append(t.keys, key)
	}
}

// Keys are those that hold rows, each once.
func (t Target) Keys() []string { return t.keys }

// Is tells whether a word of a command is one of the keys.
func (t Target) Is(word []byte) bool { return t.is[string(word)] }

// Stream tells whether it is a stream, and no list.
func (t Target) Stream() bool { return t.stream }

// In tells whether one of the keys stands in a text, such as what a server wrote to its disk.
func (t Target) In(text []byte) bool {
	return slices.ContainsFunc(t.keys, func(key string) bool { return bytes.Contains(text, []byte(key)) })
}

// String is what sentences call it.
func (t Target) String() string {
	switch {
	case t.stream:
		return "the stream"
	case len(t.keys) > 1:
		return "the lists"
	}
	return "the list"
}

// Pushes is how many rows a command adds, as far as its words tell.
func (t Target) Pushes(verb string, args [][]byte) int {
	if len(args) < 3 || !t.Is(args[1]) {
		return 0
	}
	switch verb {
	case "LPUSH", "RPUSH", "LPUSHX", "RPUSHX":
		return len(args) - 2
	case "XADD":
		return 1
	}
	return 0
}

// Places remembers where elements came from that were read one after the other.
type Places struct {
	n     uint64
	lists []place
}

type place struct {
	key   string
	first uint64
}

// Add takes the next element.
func (p *Places) Add(key string) {
	if n := len(p.lists); n == 0 || p.lists[n-1].key != key {
		p.lists = append(p.lists, place{key, p.n})
	}
	p.n++
}

// At says where an element was, such as "3 of rows:1".
func (p *Places) At(position uint64) string {
	for _, l := range slices.Backward(p.lists) {
		if position >= l.first {
			return fmt.Sprintf("%d of %s", position-l.first, l.key)
		}
	}
	return strconv.FormatUint(position, 10)
}
