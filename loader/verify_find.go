package loader

import (
	"context"
	"encoding/json"
	"slices"

	"onceover/loader/multiset"
)

// found is what is known of an element in which list and table differ.
type found struct {
	differ         int64 // how often it is too many in the list, negative if it lacks
	rows, elements int64
	key            string // of a row that lacks
	changed        bool   // the list has another element with the key of the row
}

// finding looks for what differs.
type finding struct {
	*verifier
	all     map[multiset.Hash]*found
	missing []*found                 // in the order of the rows
	byKey   map[multiset.Hash]*found // rows that are missing
	names   []string                 // of the key, as in an element; none: it is not in it
	room    int                      // for keys in full
}

// find reads both sides again, and looks at what differs.
func (v *verifier) find(ctx context.Context, differ map[multiset.Hash]int64) error {
	v.pass = 2
	f := &finding{verifier: v, all: make(map[multiset.Hash]*found, len(differ)), names: v.src.keyInElement()}
	for h, times := range differ {
		f.all[h] = &found{differ: times}
	}
	if err := v.eachRow(ctx, f.reset, f.row); err != nil {
		return err
	}
	if err := v.eachElement(ctx, f.element); err != nil {
		return err
	}
	return f.settle()
}

func (f *finding) reset() {
	for _, one := range f.all {
		one.rows, one.key = 0, ""
	}
	f.missing, f.byKey, f.room = nil, map[multiset.Hash]*found{}, f.Memory
	f.result.Repeated = Differing{}
}

func (f *finding) row(element []byte, e *encoder) {
	hash := f.hasher.Hash(element)
	one := f.all[hash]
	if one == nil {
		return
	}
	if one.rows++; one.rows > 1 {
		return
	}
	if one.differ > 0 {
		if f.result.Repeated.add(one.differ, f.Examples) {
			f.result.Repeated.Examples = append(f.result.Repeated.Examples, Example{Key: e.key(), hash: hash})
		}
		return
	}
	f.missing = append(f.missing, one)
	if one.key = e.key(); len(one.key) > f.room {
		one.key = shortened([]byte(one.key))
	}
	f.room -= len(one.key)
	if key, ok := f.keyOf(element); ok && one.differ == -1 {
		f.byKey[key] = one
	}
}

func (f *finding) element(element []byte, at int64) {
	one := f.all[f.hasher.Hash(element)]
	if one == nil {
		return
	}
	if one.elements++; one.rows > 0 {
		return
	}
	kind, example := &f.result.Foreign, Example{At: &at, Times: 1}
	if key, ok := f.keyOf(element); ok {
		if row := f.byKey[key]; row != nil && !row.changed {
			row.changed = true
			kind, example.Key, example.Times = &f.result.Changed, row.key, 0
		}
	}
	if kind.add(1, f.Examples) {
		example.Element = shortened(element)
		kind.Examples = append(kind.Examples, example)
	}
}

// settle sees whether both passes saw the same, and tells what is missing.
func (f *finding) settle() error {
	for _, one := range f.all {
		if one.elements-one.rows != one.differ {
			return f.changed("another content")
		}
	}
	for _, one := range f.missing {
		if !one.changed && f.result.Missing.add(-one.differ, f.Examples) {
			f.result.Missing.Examples = append(f.result.Missing.Examples, Example{Key: one.key, Times: one.elements})
		}
	}
	for i, e := range f.result.Repeated.Examples {
		f.result.Repeated.Examples[i].Times = f.all[e.hash].elements
	}
	return nil
}

// largestPaired is the largest element whose key is looked for in it.
const largestPaired = 1 << 20

// keyOf is the key in an element, if it is that of a row. A sample has seldom both a row
// and the element that it was before: nothing is said of their number.
func (f *finding) keyOf(element []byte) (hash multiset.Hash, ok bool) {
	if f.result.Of > 1 || len(f.names) == 0 || len(element) > largestPaired {
		return hash, false
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(element, &fields) != nil {
		return hash, false
	}
	var key []byte
	for _, name := range f.names {
		value, ok := fields[name]
		if !ok {
			return hash, false
		}
		key = append(append(key, value...), ',')
	}
	return f.hasher.Hash(key), true
}

// keyInElement names the columns of the key, if an element holds them all.
func (s *source) keyInElement() (names []string) {
	for _, k := range s.key {
		if !slices.ContainsFunc(s.columns, func(c column) bool { return c.name == k.name }) {
			return nil
		}
		names = append(names, k.name)
	}
	return names
}
