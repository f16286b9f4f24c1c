package redismodel

import "slices"

// list is a double-ended queue whose elements lie side by side: items() is a
// view, pushes on either side are cheap. Elements are never changed in place,
// so copies share their text.
type list struct {
	buf   []string
	head  int
	bytes int64
}

func (l *list) items() []string { return l.buf[l.head:] }
func (l *list) len() int        { return len(l.buf) - l.head }

func (l *list) clone() list {
	if l.len() == 0 {
		return list{}
	}
	c := list{bytes: l.bytes}
	c.buf = append(make([]string, 0, l.len()+4), l.items()...)
	return c
}

// reserveLeft makes room for n elements before the first.
func (l *list) reserveLeft(n int) {
	if l.head >= n {
		return
	}
	gap := n + l.len()
	buf := make([]string, gap+l.len(), gap+l.len()+4)
	copy(buf[gap:], l.items())
	l.buf, l.head = buf, gap
}

func (l *list) push(left bool, v string) {
	if left {
		l.reserveLeft(1)
		l.head--
		l.buf[l.head] = v
	} else {
		l.buf = append(l.buf, v)
	}
	l.bytes += int64(len(v))
}

func (l *list) pop(left bool) string {
	i := len(l.buf) - 1
	if left {
		i = l.head
	}
	v := l.buf[i]
	l.buf[i] = ""
	if left {
		l.head++
	} else {
		l.buf = l.buf[:i]
	}
	l.bytes -= int64(len(v))
	return v
}

// index resolves a position that counts from the end if it is negative.
func (l *list) index(i int64) (at int, ok bool) {
	if i < 0 {
		i += int64(l.len())
	}
	return int(i), i >= 0 && i < int64(l.len())
}

func (l *list) set(i int, v string) {
	l.bytes += int64(len(v)) - int64(len(l.buf[l.head+i]))
	l.buf[l.head+i] = v
}

// replace gives the list other elements.
func (l *list) replace(items []string) {
	*l = list{buf: items}
	for _, v := range items {
		l.bytes += int64(len(v))
	}
}

// removeValue deletes up to limit elements equal to v, from the right if asked,
// and returns how many went.
func (l *list) removeValue(v string, limit int, fromRight bool) int {
	items := slices.Clone(l.items())
	if fromRight {
		slices.Reverse(items)
	}
	removed := 0
	items = slices.DeleteFunc(items, func(item string) bool {
		if item != v || removed == limit {
			return false
		}
		removed++
		return true
	})
	if fromRight {
		slices.Reverse(items)
	}
	l.replace(items)
	return removed
}

// hash keeps its fields in the order in which they were added, which is the
// order in which Redis returns those of a small hash.
type hash struct {
	fields []field
	bytes  int64
}

type field struct{ name, value string }

func (h *hash) len() int    { return len(h.fields) }
func (h *hash) clone() hash { return hash{slices.Clone(h.fields), h.bytes} }

func (h *hash) find(name []byte) int {
	return slices.IndexFunc(h.fields, func(f field) bool { return f.name == string(name) })
}

// set reports whether the field is new.
func (h *hash) set(name, value []byte) bool {
	if i := h.find(name); i >= 0 {
		h.bytes += int64(len(value) - len(h.fields[i].value))
		h.fields[i].value = string(value)
		return false
	}
	h.fields = append(h.fields, field{string(name), string(value)})
	h.bytes += int64(len(name) + len(value))
	return true
}

func (h *hash) remove(name []byte) bool {
	i := h.find(name)
	if i < 0 {
		return false
	}
	h.bytes -= int64(len(name) + len(h.fields[i].value))
	h.fields = slices.Delete(h.fields, i, i+1)
	return true
}
